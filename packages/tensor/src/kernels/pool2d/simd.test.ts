import { describe, expect, it } from "vitest";
import { tensor } from "../../ops/create.js";
import { pool2dOutputShape } from "../../ops/pool2d.js";
import { guarded, misaligned, secondThread, simdSets, withKernels } from "../../testing/kernels.js";
import { expectClose, numbers } from "../../testing/numbers.js";
import { outputs } from "../../testing/outputs.js";
import * as plain from "./plain.js";
import * as simd from "./simd.js";

const window = (kernel: [number, number], stride: [number, number], padding: [number, number], ceilMode = false) => ({
  kernel,
  stride,
  padding,
  ceilMode,
});
const windows = [
  window([2, 2], [2, 2], [0, 0]),
  window([2, 2], [2, 2], [0, 0], true),
  window([3, 3], [2, 2], [1, 1]),
  window([3, 3], [2, 2], [1, 1], true),
  window([1, 3], [1, 2], [0, 1]),
  window([3, 2], [3, 2], [0, 0]),
];
const shapes = Array.from({ length: 31 }, (_, i) => [1 + (i % 2), 2, 3 + (i % 5), i + 3]);

describe.each(simdSets)("pool2d, %s", (set) => {
  it.each(windows)("gives the maxima of the plain twin: $kernel $stride $padding $ceilMode", (options) => {
    for (const shape of shapes) {
      const outShape = pool2dOutputShape(shape, options);
      const input = misaligned(numbers(shape, 1, "float32"));
      const forward = (kernel: typeof plain.plainMaxPool2d) => {
        const indices = guarded(outShape, "int32");
        const [output] = outputs([outShape], (view) =>
          kernel({ input, output: view, indices: indices.view, window: options }),
        );
        indices.check();
        return { output, indices: indices.view };
      };
      const [found, expected] = [withKernels(set, 1, () => forward(simd.simdMaxPool2d)), forward(plain.plainMaxPool2d)];
      expectClose(found.output, expected.output, 0);
      expectClose(found.indices, expected.indices, 0);
      const grad = misaligned(numbers(outShape, 2, "float32"));
      const backward = (kernel: typeof plain.plainMaxPool2dGrad) =>
        outputs([shape], (output) => kernel({ grad, indices: expected.indices, output }))[0];
      expectClose(
        withKernels(set, 1, () => backward(simd.simdMaxPool2dGrad)),
        backward(plain.plainMaxPool2dGrad),
        1e-6,
      );
    }
  });

  it.each(windows)("gives the means of the plain twin: $kernel $stride $padding $ceilMode", (options) => {
    for (const shape of shapes) {
      const outShape = pool2dOutputShape(shape, options);
      const [input, grad] = [misaligned(numbers(shape, 1, "float32")), misaligned(numbers(outShape, 2, "float32"))];
      for (const exclusive of [true, false]) {
        const forward = (kernel: typeof plain.plainAvgPool2d) =>
          outputs([outShape], (output) => kernel({ input, output, window: options, exclusive }))[0];
        expectClose(
          withKernels(set, 1, () => forward(simd.simdAvgPool2d)),
          forward(plain.plainAvgPool2d),
          1e-6,
        );
        const backward = (kernel: typeof plain.plainAvgPool2dGrad) =>
          outputs([shape], (output) => kernel({ grad, output, window: options, exclusive }))[0];
        expectClose(
          withKernels(set, 1, () => backward(simd.simdAvgPool2dGrad)),
          backward(plain.plainAvgPool2dGrad),
          1e-6,
        );
      }
    }
  });

  it("takes the first of equal elements, and NaN before all", () => {
    const input = tensor([1, 1, 1, 1, 0, Number.NaN, 5, Number.NaN], [1, 1, 2, 4]);
    const indices = guarded([1, 1, 1, 2], "int32");
    const [output] = withKernels(set, 1, () =>
      outputs([[1, 1, 1, 2]], (view) =>
        simd.simdMaxPool2d({ input, output: view, indices: indices.view, window: windows[0] }),
      ),
    );
    expectClose(output, [Number.NaN, Number.NaN], 0);
    expect([...indices.view.dataSync()]).toEqual([5, 7]);
  });

  it("does not depend on the number of threads", async () => {
    await secondThread();
    const [shape, outShape] = [
      [2, 8, 64, 65],
      [2, 8, 32, 33],
    ];
    const grad = numbers(outShape, 2, "float32");
    const run = () =>
      outputs([shape], (output) => simd.simdAvgPool2dGrad({ grad, output, window: windows[2], exclusive: true }));
    expect(withKernels(set, 2, run)).toEqual(withKernels(set, 1, run));
  });
});
