import { expect, test } from "vitest";
import { add } from "./expr/library.js";
import {
  conv2d,
  conv2dWeightGrad,
  cpu,
  evaluate,
  matmul,
  profilingDevice,
  sum,
  tensor,
  withDevice,
  zeros,
} from "./index.js";

test("a profiling device gives the values of the device inside, and every call of a kernel", () => {
  const device = profilingDevice(cpu());
  const total = withDevice(device, () => sum(matmul(tensor([1, 2, 3, 4], [2, 2]), tensor([1, 0, 0, 2], [2, 2]))));
  expect(total.item()).toBe(1 + 4 + 3 + 8);
  expect(device.calls.map(({ kernel }) => kernel)).toEqual(["gemm", "reduce"]);
  const [product, reduction] = device.calls;
  expect(product).toMatchObject({ shapes: "a [1, 2, 2], b [1, 2, 2], output [1, 2, 2]", operations: 16, bytes: 48 });
  expect(reduction.operations).toBeUndefined();
  expect(product.milliseconds).toBeGreaterThanOrEqual(0);
  expect(reduction.start).toBeGreaterThanOrEqual(product.start + product.milliseconds);
  device.reset();
  expect(device.calls).toEqual([]);
});

test("operations of a convolution are two for each weight of each output, and what is broadcast is read once", () => {
  const device = profilingDevice(cpu());
  withDevice(device, () => {
    const options = { stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups: 1 } as const;
    const x = zeros([2, 3, 5, 4]);
    const y = conv2d(x, zeros([6, 3, 3, 3]), options);
    conv2dWeightGrad(x, y, [6, 3, 3, 3], options);
    evaluate(add, [zeros([10, 4]), zeros([4])]);
  });
  const found = device.calls.filter(({ kernel }) => kernel !== "fill");
  expect(found.map(({ kernel }) => kernel)).toEqual(["conv2d", "conv2dWeightGrad", "elementwise"]);
  const operations = 2 * (2 * 6 * 5 * 4) * (3 * 3 * 3);
  expect(found.map((call) => call.operations)).toEqual([operations, operations, undefined]);
  expect(found[2].bytes).toBe(4 * (40 + 4 + 40));
});
