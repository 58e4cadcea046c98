import { describe, expect, it } from "vitest";
import { secondThread, simdSets, withKernels } from "../../testing/kernels.js";
import { outputs } from "../../testing/outputs.js";
import { plainRandomFill } from "./plain.js";
import { simdRandomUniform } from "./simd.js";

const source = { key: [0xffffffff, 7], counter: 123 } as const;
const fill = (n: number, kernel: typeof plainRandomFill) =>
  outputs([[n]], (output) => kernel({ output, kind: "uniform", shift: -0.3, scale: 0.7, source }))[0];

describe.each(simdSets)("random uniform numbers, %s", (set) => {
  it("have the bits of the plain twin", () => {
    for (const n of [...Array.from({ length: 34 }, (_, i) => i), 1000]) {
      expect(withKernels(set, 1, () => fill(n, simdRandomUniform))).toEqual(fill(n, plainRandomFill));
    }
  });

  it("do not depend on the number of threads", async () => {
    await secondThread();
    const both = [1, 2].map((count) => withKernels(set, count, () => fill(100_003, simdRandomUniform)));
    expect(both[0]).toEqual(both[1]);
  });
});
