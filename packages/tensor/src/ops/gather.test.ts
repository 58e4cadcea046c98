import { describe, expect, it } from "vitest";
import { DTypeError, ShapeError } from "../errors.js";
import { differences, dot, expectClose, integers, numbers, strided } from "../testing/numbers.js";
import { tensor } from "./create.js";
import { gatherRows, pick, pickGrad, scatterAddRows } from "./gather.js";

describe("gatherRows", () => {
  const table = numbers([4, 3], 1);
  const indices = tensor(new Int32Array([3, 0, 3, 1, 2, 3]), [2, 3]);

  it("reads rows by their index", () => {
    const rows = Array.from({ length: 4 }, (_, i) => Array.from(table.dataSync()).slice(3 * i, 3 * i + 3));
    const result = gatherRows(strided(table), strided(indices));
    expect(result.shape).toEqual([2, 3, 3]);
    expectClose(
      result,
      [3, 0, 3, 1, 2, 3].flatMap((i) => rows[i]),
      0,
    );
  });

  it("has the gradient of finite differences", () => {
    const grad = numbers([2, 3, 3], 2);
    const expected = differences((v) => dot(gatherRows(v, indices), grad), table);
    expectClose(scatterAddRows(strided(grad), indices, 4), expected, 1e-9);
  });

  it("names an index out of range", () => {
    expect(() => gatherRows(table, tensor(new Int32Array([0, 4])))).toThrow(
      /index 4 at position 1 is not within 0 to 3/,
    );
    expect(() => scatterAddRows(numbers([1, 3], 1), tensor(new Int32Array([-1])), 4)).toThrow(RangeError);
  });

  it("refuses other shapes and dtypes", () => {
    expect(() => gatherRows(numbers([4], 1), indices)).toThrow(ShapeError);
    expect(() => gatherRows(table, numbers([2], 1))).toThrow(DTypeError);
    expect(() => scatterAddRows(numbers([2, 3], 1), tensor(new Int32Array([0])), 4)).toThrow(/\[2, 3\].*\[1\]/);
  });
});

describe("pick", () => {
  const x = numbers([2, 3, 5], 1);
  const indices = integers([2, 3], 5, 7);

  it("reads one element a row", () => {
    const [values, at] = [Array.from(x.dataSync()), Array.from(indices.dataSync())];
    const result = pick(strided(x), strided(indices));
    expect(result.shape).toEqual([2, 3]);
    expectClose(
      result,
      at.map((index, row) => values[5 * row + index]),
      0,
    );
  });

  it("has the gradient of finite differences", () => {
    const grad = numbers([2, 3], 2);
    expectClose(
      pickGrad(strided(grad), indices, 5),
      differences((v) => dot(pick(v, indices), grad), x),
      1e-9,
    );
  });

  it("names an index out of range", () => {
    expect(() => pick(x, integers([2, 3], 100, 3))).toThrow(/is not within 0 to 4/);
    expect(() => pickGrad(numbers([1], 1), tensor(new Int32Array([5])), 5)).toThrow(/index 5 at position 0/);
  });

  it("takes empty input", () => {
    expect(pick(numbers([0, 3], 1), integers([0], 1, 1)).shape).toEqual([0]);
    expect(gatherRows(numbers([0, 3], 1), integers([0], 1, 1)).shape).toEqual([0, 3]);
  });
});
