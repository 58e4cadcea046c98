import { describe, expect, it } from "vitest";
import { assign } from "../../ops/copy.js";
import { tensor } from "../../ops/create.js";
import { guarded, misaligned, secondThread, simdSets, withKernels } from "../../testing/kernels.js";
import { expectClose, numbers } from "../../testing/numbers.js";
import type { AdamOptions } from "./call.js";
import { plainAdam } from "./plain.js";
import { simdAdam } from "./simd.js";

const options: AdamOptions = {
  learningRate: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  step: 3,
  l2: 0.1,
  decoupledDecay: 0.02,
};

/** Parameter and moments after one step. */
function step(n: number, kernel: typeof plainAdam): number[][] {
  const [parameter, m, v] = [1, 2, 3].map((seed) => {
    const target = guarded([n]);
    const start = Array.from(numbers([n], seed).dataSync(), (value) => (seed === 3 ? value * value : value));
    assign(target.view, tensor(start));
    return target;
  });
  const grad = misaligned(numbers([n], 4, "float32"));
  kernel({ parameter: parameter.view, grad, m: m.view, v: v.view, gradScale: tensor(0.5), options });
  for (const each of [parameter, m, v]) each.check();
  return [parameter, m, v].map((each) => Array.from(each.view.dataSync()));
}

describe.each(simdSets)("adam, %s", (set) => {
  it("gives what the plain twin gives", () => {
    for (let n = 0; n <= 33; n++) {
      const found = withKernels(set, 1, () => step(n, simdAdam));
      step(n, plainAdam).forEach((expected, i) => {
        expectClose(found[i], expected, 1e-6);
      });
    }
  });

  it("does not depend on the number of threads", async () => {
    await secondThread();
    const run = () => step(100_000, simdAdam);
    expect(withKernels(set, 2, run)).toEqual(withKernels(set, 1, run));
  });
});
