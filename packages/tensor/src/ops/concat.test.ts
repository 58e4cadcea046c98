import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ShapeError } from "../errors.js";
import { memory } from "../memory.js";
import { indicesOf, modelOfTensor } from "../testing/model.js";
import { numbers, strided } from "../testing/numbers.js";
import { concat, pad } from "./concat.js";
import { ones, tensor } from "./create.js";

const shapes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 });

describe("concat", () => {
  it("puts one after the other along the axis", () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(shapes, fc.nat(2), lengths, (shape, chosen, list) => {
        const axis = chosen % shape.length;
        const parts = list.map((length, i) => strided(numbers(shape.with(axis, length), i, "float32")));
        const result = concat(parts, axis - (list.length % 2) * shape.length);
        const owners = parts.flatMap((part, i) => Array.from({ length: list[i] }, (_, at) => ({ part, at })));
        expect(result.shape).toEqual(shape.with(axis, owners.length));
        const { at: found } = modelOfTensor(result);
        for (const index of indicesOf(result.shape)) {
          const { part, at } = owners[index[axis]];
          expect(found(index)).toBe(modelOfTensor(part).at(index.with(axis, at)));
        }
      }),
      { numRuns: 50 },
    );
  });

  it("leaves one tensor behind, of the widest dtype", () => {
    const parts = [tensor([1, 2], [2], "int32"), tensor([0.5], [1], "float32")];
    const before = memory.stats().tensors;
    const result = concat(parts, 0);
    expect(memory.stats().tensors).toBe(before + 1);
    expect(result.dtype).toBe("float32");
    expect(Array.from(result.dataSync())).toEqual([1, 2, 0.5]);
  });

  it("refuses nothing, and other axes that differ", () => {
    expect(() => concat([], 0)).toThrow("at least one tensor");
    expect(() => concat([ones([2, 3]), ones([3, 2])], 0)).toThrow(
      "concat along axis 0 needs equal other axes, found [2, 3], [3, 2]",
    );
    expect(() => concat([ones([2]), ones([2, 1])], 0)).toThrow(ShapeError);
    expect(() => concat([ones([2])], 1)).toThrow("axis 1");
  });
});

describe("pad", () => {
  it("surrounds the elements with the value", () => {
    fc.assert(
      fc.property(shapes, fc.nat(2), fc.nat(3), fc.nat(3), (shape, chosen, before, after) => {
        const axis = chosen % shape.length;
        const x = numbers(shape, 1, "float32");
        const result = pad(strided(x), axis, before, after, -7);
        expect(result.shape).toEqual(shape.with(axis, before + shape[axis] + after));
        const [found, source] = [modelOfTensor(result), modelOfTensor(x)];
        for (const index of indicesOf(result.shape)) {
          const at = index[axis] - before;
          const inside = at >= 0 && at < shape[axis];
          expect(found.at(index)).toBe(inside ? source.at(index.with(axis, at)) : -7);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("refuses negative counts", () => {
    expect(() => pad(ones([2]), 0, -1, 0)).toThrow("found -1 and 0");
  });
});
