import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DType, promote } from "../dtype.js";
import { ShapeError } from "../errors.js";
import { expression } from "../expr/expression.js";
import * as library from "../expr/library.js";
import { broadcastShapes } from "../shape.js";
import { broadcastModel, modelOfTensor, valuesOf } from "../testing/model.js";
import { expectClose, numbers, strided } from "../testing/numbers.js";
import { ones, tensor, zeros } from "./create.js";
import { evaluate, evaluateInto } from "./evaluate.js";
import { slice } from "./views.js";

const formula = expression(({ x, y }, { k }) => x.mul(k).sub(y.mul(y)));
const apply = (x: number, y: number, k: number): number => x * k - y * y;
const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
const masks = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 });

describe("evaluate", () => {
  it.each(["float64", "float32"] as const)("broadcasts and walks any strides, %s", (dtype) => {
    fc.assert(
      fc.property(shapes, masks, masks, fc.nat(4), fc.boolean(), (shape, keepX, keepY, dropped, gaps) => {
        const [x, y] = [keepX, keepY].map((keep, i) => {
          const own = shape.map((length, axis) => (keep[axis] ? length : 1));
          return numbers(i === 0 ? own : own.slice(Math.min(dropped, own.length)), i, dtype);
        });
        const found = evaluate(formula, gaps ? [strided(x), strided(y)] : [x, y], [1.5]);
        const all = broadcastShapes(x.shape, y.shape);
        expect([found.shape, found.dtype, found.contiguous]).toEqual([all, dtype, true]);
        const [a, b] = [x, y].map((operand) => valuesOf(broadcastModel(modelOfTensor(operand), all)));
        const tolerance = dtype === "float64" ? 1e-15 : 1e-6;
        expectClose(
          found,
          a.map((value, i) => apply(value, b[i], 1.5)),
          tolerance,
        );
      }),
    );
  });

  it("gives the widest dtype of its inputs, or the one asked for", () => {
    const dtypes: DType[] = ["bool", "uint8", "int32", "float32", "float64"];
    for (const a of dtypes) {
      for (const b of dtypes) {
        const found = evaluate(library.add, [ones([2], a), ones([2], b)]);
        expect(found.dtype).toBe(promote(a, b));
        expect(Array.from(found.dataSync())).toEqual(found.dtype === "bool" ? [1, 1] : [2, 2]);
      }
    }
    expect(evaluate(library.add, [ones([1]), ones([1])], [], "int32").dtype).toBe("int32");
  });

  it("keeps whole numbers exact that float32 cannot hold", () => {
    const large = tensor([2 ** 30 + 1], [1], "int32");
    expect(evaluate(library.add, [large, ones([1], "int32")]).item()).toBe(2 ** 30 + 2);
  });

  it("refuses a wrong number of inputs or parameters, and shapes that do not broadcast", () => {
    expect(() => evaluate(formula, [ones([2])], [1])).toThrow("takes inputs (x, y) and parameters (k), found 1 inputs");
    expect(() => evaluate(formula, [ones([2]), ones([2])])).toThrow("0 parameters");
    expect(() => evaluate(formula, [ones([2]), ones([3])], [1])).toThrow(ShapeError);
  });
});

describe("evaluateInto", () => {
  it("writes into one of its inputs", () => {
    const x = tensor([1, 2, 3, 4], [2, 2]);
    evaluateInto(x, formula, [x, ones([2])], [10]);
    expect(Array.from(x.dataSync())).toEqual([9, 19, 29, 39]);
    expect(x.storage.version).toBe(1);
  });

  it("writes a strided target, and nothing beside it", () => {
    const all = zeros([3, 5]);
    evaluateInto(slice(all, 1, 1, 4), library.identity, [tensor([1, 2, 3])]);
    expect(Array.from(all.dataSync())).toEqual([0, 1, 2, 3, 0, 0, 1, 2, 3, 0, 0, 1, 2, 3, 0]);
  });

  it("does not let an input be larger than the target", () => {
    expect(() => evaluateInto(ones([1]), library.identity, [ones([2])])).toThrow("[2] does not broadcast to [1]");
  });
});
