import { describe, expect, it } from "vitest";
import { DTypeError, ShapeError } from "../errors.js";
import { differences, dot, expectClose, integers, numbers, strided } from "../testing/numbers.js";
import { tensor } from "./create.js";
import { logSoftmax, logSoftmaxGrad, softmax, softmaxGrad } from "./softmax.js";

describe.each([[[2, 3, 4]], [[5, 33]], [[1]], [[3, 0]], [[0, 3]]])("softmax of %j", (shape) => {
  const n = shape[shape.length - 1];
  const [x, grad] = [numbers(shape, 1), numbers(shape, 2)];
  const values = Array.from(x.dataSync());
  const probabilities = values.map((v, i) => {
    const row = values.slice(i - (i % n), i - (i % n) + n);
    return Math.exp(v) / row.reduce((sum, other) => sum + Math.exp(other), 0);
  });

  it("follows the definition", () => {
    expectClose(softmax(strided(x)), probabilities);
    expectClose(logSoftmax(strided(x)), probabilities.map(Math.log));
    expectClose(softmax(numbers(shape, 1, "float32")), probabilities, 1e-6);
    expectClose(logSoftmax(numbers(shape, 1, "float32")), probabilities.map(Math.log), 1e-6);
  });

  it("has the gradients of finite differences", () => {
    expectClose(
      softmaxGrad(strided(grad), softmax(x)),
      differences((v) => dot(softmax(v), grad), x),
      1e-8,
    );
    expectClose(
      logSoftmaxGrad(strided(grad), logSoftmax(x)),
      differences((v) => dot(logSoftmax(v), grad), x),
      1e-8,
    );
  });
});

describe.each(["float32", "float64"] as const)("softmax at the edges, %s", (dtype) => {
  it("is safe for large values", () => {
    const x = tensor([1000, 1001, -1000, -3000, -3001, -5000], [2, 3], dtype);
    const high = 1 / (1 + Math.exp(-1));
    expectClose(softmax(x), [1 - high, high, 0, high, 1 - high, 0], 1e-6);
    const log = [Math.log(1 - high), Math.log(high)];
    expectClose(logSoftmax(x), [log[0], log[1], -2001 + log[1], log[1], log[0], -2000 + log[1]], 1e-6);
  });

  it("gives masked elements no weight, and a row of nothing else NaN", () => {
    const off = Number.NEGATIVE_INFINITY;
    const x = tensor([off, 1, 1, off, off, off, off, off], [2, 4], dtype);
    expectClose(softmax(x), [0, 0.5, 0.5, 0, Number.NaN, Number.NaN, Number.NaN, Number.NaN], 1e-6);
    const log = Array.from(logSoftmax(x).dataSync()).slice(0, 4);
    expectClose(log, [off, -Math.LN2, -Math.LN2, off], 1e-6);
    const gradient = logSoftmaxGrad(tensor([0, 1, 0, 0, 0, 0, 0, 0], [2, 4], dtype), logSoftmax(x));
    expectClose(Array.from(gradient.dataSync()).slice(0, 4), [0, 0.5, -0.5, 0], 1e-6);
  });
});

it("refuses integers, scalars and another shape of gradient", () => {
  expect(() => softmax(integers([2, 2], 3, 1))).toThrow(DTypeError);
  expect(() => softmax(tensor(1))).toThrow(ShapeError);
  expect(() => softmaxGrad(numbers([2, 3], 1), numbers([3, 2], 1))).toThrow(/\[3, 2\], found grad float64 \[2, 3\]/);
});
