import { describe, expect, it } from "vitest";
import { tensor } from "../../ops/create.js";
import { misaligned, secondThread, simdSets, withKernels } from "../../testing/kernels.js";
import { expectClose, numbers } from "../../testing/numbers.js";
import { outputs } from "../../testing/outputs.js";
import { plainDropout } from "./plain.js";
import { simdDropout } from "./simd.js";

const source = { key: [0x89abcdef, 0x12345678], counter: 2 ** 33 + 5 } as const;

describe.each(simdSets)("dropout, %s", (set) => {
  it.each([0, 0.1, 0.5, 0.75, 0.999])("gives the bits of the plain twin at probability %s", (probability) => {
    for (const n of [...Array.from({ length: 34 }, (_, i) => i), 1000]) {
      const input = misaligned(numbers([n], 1, "float32"));
      const run = (kernel: typeof plainDropout) =>
        outputs([[n]], (output) => kernel({ input, output, probability, source }))[0];
      expect(withKernels(set, 1, () => run(simdDropout))).toEqual(run(plainDropout));
    }
  });

  it("drops NaN and infinities too", () => {
    const input = tensor(new Array<number>(64).fill(Number.NaN));
    const run = (kernel: typeof plainDropout) =>
      outputs([[64]], (output) => kernel({ input, output, probability: 0.5, source }))[0];
    const found = withKernels(set, 1, () => run(simdDropout));
    expect(found).toContain(0);
    expectClose(found, run(plainDropout), 0);
  });

  it("does not depend on the number of threads", async () => {
    await secondThread();
    const input = numbers([100_001], 1, "float32");
    const run = () => outputs([[100_001]], (output) => simdDropout({ input, output, probability: 0.3, source }));
    expect(withKernels(set, 2, run)).toEqual(withKernels(set, 1, run));
  });
});
