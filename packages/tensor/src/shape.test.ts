import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ShapeError } from "./errors.js";
import {
  broadcastShapes,
  broadcastStrides,
  checkShape,
  formatShape,
  isContiguous,
  normalizeAxes,
  normalizeAxis,
  reducedShape,
  rowMajorStrides,
  sameShape,
  sizeOf,
} from "./shape.js";
import { indicesOf } from "./testing/model.js";

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
const position = (index: readonly number[], strides: readonly number[]): number =>
  index.reduce((sum, i, axis) => sum + i * strides[axis], 0);

describe("row-major strides", () => {
  it("number the elements in order, as many as the size says", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const found = indicesOf(shape).map((index) => position(index, rowMajorStrides(shape)));
        expect(found).toEqual(Array.from({ length: sizeOf(shape) }, (_, i) => i));
        expect(isContiguous(shape, rowMajorStrides(shape))).toBe(true);
      }),
    );
  });

  it("are what contiguous means, however axes of length 1 are strided", () => {
    const strides = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(shapes, strides, (shape, list) => {
        const own = list.slice(0, shape.length);
        const inOrder = indicesOf(shape).every((index, i) => position(index, own) === i);
        expect(isContiguous(shape, own)).toBe(inOrder);
      }),
    );
  });
});

describe("broadcasting", () => {
  it("takes the longer of lengths aligned at the end, where one of them is 1", () => {
    const mask = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(shapes, mask, fc.nat(4), (shape, keep, dropped) => {
        const other = shape.map((length, axis) => (keep[axis] ? length : 1)).slice(Math.min(dropped, shape.length));
        const all = broadcastShapes(shape, other);
        expect(all).toEqual(shape);
        expect(broadcastShapes(other, shape)).toEqual(all);
        const strides = broadcastStrides(other, rowMajorStrides(other), all);
        for (const index of indicesOf(all)) {
          const own = index.slice(all.length - other.length).map((i, axis) => (other[axis] === 1 ? 0 : i));
          expect(position(index, strides)).toBe(position(own, rowMajorStrides(other)));
        }
      }),
    );
  });

  it("keeps an empty axis empty, and has a scalar for nothing", () => {
    expect(broadcastShapes([2, 1], [1, 0])).toEqual([2, 0]);
    expect(broadcastShapes()).toEqual([]);
    expect(broadcastShapes([], [3])).toEqual([3]);
  });

  it("names the shapes that do not fit", () => {
    expect(() => broadcastShapes([2, 3], [2, 4])).toThrow(
      "shapes [2, 3] and [2, 4] do not broadcast: axis 1 has lengths 3 and 4",
    );
    expect(() => broadcastShapes([2], [0])).toThrow(ShapeError);
    expect(() => broadcastStrides([2, 3], [3, 1], [3])).toThrow("[2, 3] does not broadcast to [3]");
    expect(() => broadcastStrides([2], [1], [1])).toThrow(ShapeError);
  });
});

describe("axes", () => {
  it("count from the end when negative, and are sorted", () => {
    expect([normalizeAxis(-1, 3), normalizeAxis(0, 3), normalizeAxis(2, 3)]).toEqual([2, 0, 2]);
    expect(normalizeAxes([-1, 0], 3)).toEqual([0, 2]);
    expect(normalizeAxes(1, 3)).toEqual([1]);
    expect(normalizeAxes(undefined, 3)).toEqual([0, 1, 2]);
  });

  it("are refused outside of the rank, as fractions, and twice", () => {
    for (const axis of [3, -4, 0.5, Number.NaN]) expect(() => normalizeAxis(axis, 3)).toThrow(`axis ${axis}`);
    expect(() => normalizeAxis(0, 0)).toThrow("0 axes");
    expect(() => normalizeAxes([0, -3], 3)).toThrow("name one axis twice");
  });

  it("disappear when they are reduced, or stay with length 1", () => {
    expect(reducedShape([2, 3, 4], [0, 2], false)).toEqual([3]);
    expect(reducedShape([2, 3, 4], [0, 2], true)).toEqual([1, 3, 1]);
  });
});

it("compares and prints shapes, and refuses what is none", () => {
  expect(sameShape([2, 3], [2, 3])).toBe(true);
  expect(sameShape([2, 3], [2])).toBe(false);
  expect(sameShape([2, 3], [3, 2])).toBe(false);
  expect(formatShape([2, 3])).toBe("[2, 3]");
  for (const shape of [[-1], [1.5], [Number.NaN]]) expect(() => checkShape(shape)).toThrow(`[${shape[0]}] is no shape`);
});
