import { describe, expect, it } from "vitest";
import { ShapeError } from "../errors.js";
import { differences, dot, expectClose, numbers, strided } from "../testing/numbers.js";
import { tensor } from "./create.js";
import { crossEntropyRows, crossEntropyRowsGrad } from "./cross-entropy.js";

const labels = tensor(new Int32Array([2, 9, 0, 4]));
const logits = numbers([4, 5], 1);

describe("crossEntropyRows", () => {
  it("is minus the log of the label's softmax, and 0 for ignored rows", () => {
    const x = Array.from(logits.dataSync());
    const expected = [2, -1, 0, 4].map((label, row) => {
      const row5 = x.slice(5 * row, 5 * row + 5).map(Math.exp);
      return label < 0 ? 0 : -Math.log(row5[label] / row5.reduce((a, b) => a + b, 0));
    });
    expectClose(crossEntropyRows(strided(logits), labels, 9).loss, expected);
    expectClose(crossEntropyRows(numbers([4, 5], 1, "float32"), labels, 9).loss, expected, 1e-6);
  });

  it("has the gradient of finite differences", () => {
    const grad = numbers([4], 2);
    const { logSumExp } = crossEntropyRows(logits, labels, 9);
    const expected = differences((v) => dot(crossEntropyRows(v, labels, 9).loss, grad), logits);
    expectClose(crossEntropyRowsGrad(strided(grad), strided(logits), labels, logSumExp, 9), expected, 1e-8);
  });

  it("is safe for large logits and gives an ignored row no gradient, even of -Infinity", () => {
    const off = Number.NEGATIVE_INFINITY;
    const x = tensor([1000, 0, off, off, off, off], [2, 3]);
    const classes = tensor(new Int32Array([1, 7]));
    const { loss, logSumExp } = crossEntropyRows(x, classes, 7);
    expectClose(loss, [1000, 0]);
    expectClose(crossEntropyRowsGrad(tensor([1, 1]), x, classes, logSumExp, 7), [1, -1, 0, 0, 0, 0], 1e-6);
  });

  it("names a label that is no class", () => {
    expect(() => crossEntropyRows(logits, labels, -100)).toThrow(/label 9 of row 1 is not within 0 to 4/);
    expect(() => crossEntropyRows(logits, tensor(new Int32Array([0, 0, 0])), 9)).toThrow(ShapeError);
  });
});
