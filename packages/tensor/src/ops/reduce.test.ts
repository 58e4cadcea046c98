import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ShapeError } from "../errors.js";
import { expression } from "../expr/expression.js";
import { reducedShape } from "../shape.js";
import { indicesOf, modelOfTensor } from "../testing/model.js";
import { expectClose, numbers, strided } from "../testing/numbers.js";
import { full, ones, tensor } from "./create.js";
import { argmax, max, min, reduce, sum } from "./reduce.js";
import { broadcastTo } from "./views.js";

const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
const folds = {
  sum: (a: number, b: number) => a + b,
  max: (a: number, b: number) => Math.max(a, b),
  min: (a: number, b: number) => Math.min(a, b),
};
const operations = { sum, max, min };

describe.each(["sum", "max", "min"] as const)("%s", (kind) => {
  it.each(["float64", "float32", "int32"] as const)("folds any axes of %s", (dtype) => {
    fc.assert(
      fc.property(shapes, fc.nat(15), fc.boolean(), fc.boolean(), (shape, mask, keepDims, gaps) => {
        const axes = shape.map((_, axis) => axis).filter((axis) => (mask >> axis) & 1);
        const values = Array.from(numbers(shape, 3).dataSync(), (v) => (dtype === "int32" ? Math.round(v * 50) : v));
        const x = tensor(values, shape, dtype);
        const found = operations[kind](gaps ? strided(x) : x, { axes, keepDims });
        expect([found.dtype, found.shape]).toEqual([dtype, reducedShape(shape, axes, keepDims)]);
        const totals = new Map<string, number>();
        const { at } = modelOfTensor(x);
        for (const index of indicesOf(shape)) {
          const key = index.filter((_, axis) => !axes.includes(axis)).join();
          const known = totals.get(key);
          totals.set(key, known === undefined ? at(index) : folds[kind](known, at(index)));
        }
        expectClose(found, [...totals.values()], dtype === "float32" && kind === "sum" ? 1e-5 : 1e-12);
      }),
      { numRuns: 60 },
    );
  });

  it("folds everything when no axes are named, and repeated elements as often as they are repeated", () => {
    const x = tensor([1, 2, 3]);
    expect(operations[kind](x).item()).toBe([1, 2, 3].reduce(folds[kind]));
    expect(operations[kind](broadcastTo(x, [4, 3])).item()).toBe({ sum: 24, max: 3, min: 1 }[kind]);
  });

  it("lets NaN through and keeps infinities", () => {
    expect(operations[kind](tensor([1, Number.NaN, 3])).item()).toBeNaN();
    const infinite = operations[kind](tensor([1, Infinity])).item();
    expect(infinite).toBe(kind === "min" ? 1 : Infinity);
  });

  it("sums nothing to 0 and refuses to choose from nothing", () => {
    const empty = () => operations[kind](ones([2, 0]), { axes: 1 });
    if (kind === "sum") expect(Array.from(empty().dataSync())).toEqual([0, 0]);
    else expect(empty).toThrow(`${kind} over axes [1] of shape [2, 0] has nothing to choose from`);
    expect(operations[kind](ones([2, 0]), { axes: 0 }).shape).toEqual([0]);
    expect(() => operations[kind](ones([2]), { axes: 1 })).toThrow(ShapeError);
  });
});

it("sums large arrays without losing what is small", () => {
  const x = full([1_000_003], 0.1);
  expect(Math.abs(sum(x).item() / (1_000_003 * Math.fround(0.1)) - 1)).toBeLessThan(3e-5);
});

it("counts in int32 what bool and uint8 could not hold", () => {
  for (const dtype of ["bool", "uint8"] as const) {
    const found = sum(ones([300, 2], dtype), { axes: 0 });
    expect(found.dtype).toBe("int32");
    expect(Array.from(found.dataSync())).toEqual([300, 300]);
    expect(sum(ones([2], dtype), { axes: [] }).dtype).toBe("int32");
    expect(max(ones([2], dtype)).dtype).toBe(dtype);
  }
});

describe("reduce", () => {
  it("folds an expression of broadcast inputs without storing it", () => {
    const [a, b] = [numbers([4, 1, 3], 1), numbers([5, 1], 2)];
    const e = expression(({ x, y }, { k }) => x.sub(y).mul(x.sub(y)).mul(k));
    const found = reduce("sum", e, [strided(a), b], { axes: [0, 2] }, [2]);
    const [x, y] = [a, b].map((operand) => Array.from(operand.dataSync()));
    const expected = y.map((v) => x.reduce((total, u) => total + 2 * (u - v) ** 2, 0));
    expect(found.shape).toEqual([5]);
    expectClose(found, expected);
  });
});

describe("argmax", () => {
  it("finds the first largest element of each row", () => {
    const rows = fc.array(fc.array(fc.constantFrom(-1, 0, 0.5, 2, Infinity), { minLength: 4, maxLength: 4 }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(rows, (list) => {
        const found = argmax(strided(tensor(list.flat(), [list.length, 4])));
        expect([found.dtype, found.shape]).toEqual(["int32", [list.length]]);
        expect(Array.from(found.dataSync())).toEqual(list.map((row) => row.indexOf(Math.max(...row))));
      }),
    );
  });

  it("takes NaN for the largest, and refuses an empty row", () => {
    expect(argmax(tensor([3, Number.NaN, 9, Number.NaN])).item()).toBe(1);
    expect(() => argmax(ones([2, 0]))).toThrow("argmax of shape [2, 0] has nothing to choose from");
    expect(() => argmax(ones([]))).toThrow(ShapeError);
  });
});
