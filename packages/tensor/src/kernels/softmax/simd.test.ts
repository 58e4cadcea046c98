import { describe, expect, it } from "vitest";
import { tensor } from "../../ops/create.js";
import { misaligned, secondThread, simdSets, withKernels } from "../../testing/kernels.js";
import { expectClose, numbers } from "../../testing/numbers.js";
import { outputs } from "../../testing/outputs.js";
import { plainSoftmax, plainSoftmaxGrad } from "./plain.js";
import { simdSoftmax, simdSoftmaxGrad } from "./simd.js";

const random = (shape: number[], seed: number) => misaligned(numbers(shape, seed, "float32"));
const shapes = [...Array.from({ length: 34 }, (_, n) => [3, n]), [2, 6625], [0, 5]];

describe.each(simdSets)("softmax, %s", (set) => {
  describe.each([false, true])("log %s", (log) => {
    it("gives what the plain twin gives", () => {
      for (const shape of shapes) {
        const input = random(shape, 1);
        const run = (kernel: typeof plainSoftmax) => outputs([shape], (output) => kernel({ input, output, log }))[0];
        expectClose(
          withKernels(set, 1, () => run(simdSoftmax)),
          run(plainSoftmax),
          1e-6,
        );
      }
    });

    it("has the gradient of the plain twin", () => {
      for (const shape of shapes) {
        const [grad, result] = [random(shape, 2), random(shape, 3)];
        const run = (kernel: typeof plainSoftmaxGrad) =>
          outputs([shape], (output) => kernel({ grad, result, output, log }))[0];
        expectClose(
          withKernels(set, 1, () => run(simdSoftmaxGrad)),
          run(plainSoftmaxGrad),
          2e-6,
        );
      }
    });

    it("treats infinities, NaN and large values as the plain twin does", () => {
      const { NEGATIVE_INFINITY: low, POSITIVE_INFINITY: high, NaN: none } = Number;
      const rows = [
        [low, 0, 1, low, 5],
        [low, low, low, low, low],
        [1, 2, none, 3, 4],
        [high, 0, 1, 2, 3],
        [1e30, 1e30, 0, -1e30, 1],
        [-90, -100, 88, 0, 0],
      ];
      const input = tensor(rows.flat(), [6, 5]);
      const run = (kernel: typeof plainSoftmax) => outputs([[6, 5]], (output) => kernel({ input, output, log }))[0];
      const [found, expected] = [withKernels(set, 1, () => run(simdSoftmax)), run(plainSoftmax)];
      for (let row = 0; row < 6; row++)
        expectClose(found.slice(5 * row, 5 * row + 5), expected.slice(5 * row, 5 * row + 5), 1e-6);
    });

    it("does not depend on the number of threads", async () => {
      await secondThread();
      const shape = [64, 1001];
      const input = random(shape, 1);
      const run = () => outputs([shape], (output) => simdSoftmax({ input, output, log }));
      expect(withKernels(set, 2, run)).toEqual(withKernels(set, 1, run));
    });
  });
});
