import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ShapeError } from "../errors.js";
import { memory } from "../memory.js";
import { sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { broadcastModel, type Model, modelOf, valuesOf } from "../testing/model.js";
import { contiguous, copy } from "./copy.js";
import { arange, ones } from "./create.js";
import { broadcastTo, expandDims, permute, reshape, slice, squeeze, transpose } from "./views.js";

/** A tensor, and what it should be. */
interface Pair {
  readonly x: Tensor;
  readonly model: Model;
}

/** One random view of a tensor; `r` are random numbers in [0, 1) that choose it. */
type Step = (pair: Pair, r: readonly number[]) => Pair;

const pick = (r: number, count: number): number => Math.min(count - 1, Math.floor(r * count));

const steps: Record<string, Step> = {
  permute({ x, model }, r) {
    const order = model.shape.map((_, axis) => axis).sort((a, b) => r[a] - r[b]);
    const inverse = order.map((_, axis) => order.indexOf(axis));
    const at: Model["at"] = (index) => model.at(inverse.map((axis) => index[axis]));
    return { x: permute(x, order), model: { shape: order.map((axis) => model.shape[axis]), at } };
  },
  slice({ x, model }, r) {
    if (x.rank === 0) return { x, model };
    const axis = pick(r[0], x.rank);
    const length = model.shape[axis];
    const [start, end] = [pick(r[1], length + 1), pick(r[2], length + 1)].sort((a, b) => a - b);
    const at: Model["at"] = (index) => model.at(index.map((i, k) => (k === axis ? i + start : i)));
    const shape = model.shape.map((n, k) => (k === axis ? end - start : n));
    return { x: slice(x, axis - (r[3] < 0.5 ? x.rank : 0), start, end), model: { shape, at } };
  },
  expandDims({ x, model }, r) {
    const axis = pick(r[0], x.rank + 1);
    const at: Model["at"] = (index) => model.at(index.toSpliced(axis, 1));
    return { x: expandDims(x, axis), model: { shape: model.shape.toSpliced(axis, 0, 1), at } };
  },
  squeeze({ x, model }) {
    const axis = model.shape.indexOf(1);
    if (axis < 0) return { x, model };
    const at: Model["at"] = (index) => model.at(index.toSpliced(axis, 0, 0));
    return { x: squeeze(x, axis), model: { shape: model.shape.toSpliced(axis, 1), at } };
  },
  broadcastTo({ x, model }, r) {
    const lead = r[0] < 0.3 ? [2] : [];
    const shape = [...lead, ...model.shape.map((length, axis) => (length === 1 ? 1 + pick(r[axis], 3) : length))];
    return { x: broadcastTo(x, shape), model: broadcastModel(model, shape) };
  },
  reshape({ x, model }, r) {
    const shape = splitSize(sizeOf(model.shape), r);
    const given =
      r[5] < 0.5 && !shape.includes(0) && shape.length > 0 ? shape.with(pick(r[4], shape.length), -1) : shape;
    return { x: reshape(x, given), model: modelOf(valuesOf(model), shape) };
  },
};

/** Some lengths whose product is `size`. */
function splitSize(size: number, r: readonly number[]): number[] {
  const lengths: number[] = [];
  let left = size;
  for (let i = 0; i < 3 && left > 1; i++) {
    const divisors = Array.from({ length: left }, (_, k) => k + 1).filter((k) => left % k === 0);
    lengths.push(divisors[pick(r[i], divisors.length)]);
    left /= lengths[i];
  }
  return [...lengths, left];
}

const script = fc.array(
  fc.tuple(
    fc.constantFrom(...Object.keys(steps)),
    fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 8, maxLength: 8 }),
  ),
  { maxLength: 6 },
);
const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });

describe("views of views of views", () => {
  it("have the elements that index arithmetic says", () => {
    fc.assert(
      fc.property(shapes, script, (shape, list) => {
        const base = reshape(arange(sizeOf(shape)), shape);
        let pair: Pair = { x: base, model: modelOf(base.dataSync(), shape) };
        for (const [name, r] of list) {
          if (pair.x.rank < 6 && pair.x.size < 500) pair = steps[name](pair, r);
        }
        const expected = valuesOf(pair.model);
        expect(pair.x.shape).toEqual(pair.model.shape);
        expect(Array.from(pair.x.dataSync())).toEqual(expected);
        const copied = copy(pair.x);
        expect(copied.contiguous).toBe(true);
        expect(Array.from(copied.dataSync())).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it("share the memory", () => {
    const x = ones([2, 3, 4]);
    const before = memory.stats().tensors;
    const views = [permute(x), transpose(x), slice(x, 1, 0, 2), expandDims(x, 0), broadcastTo(x, [5, 2, 3, 4])];
    views.push(reshape(x, [4, 6]), reshape(slice(x, 0, 1), [12]), reshape(transpose(x, 0, 1), [3, 2, 2, 2]));
    expect(memory.stats().tensors).toBe(before);
    expect(new Set(views.map((view) => view.storage))).toEqual(new Set([x.storage]));
  });
});

describe("reshape", () => {
  it("copies only where strides cannot say it", () => {
    const x = reshape(arange(24), [2, 3, 4]);
    expect(reshape(permute(x, [1, 0, 2]), [3, 8]).storage).not.toBe(x.storage);
    expect(reshape(permute(x, [0, 2, 1]), [24]).storage).not.toBe(x.storage);
    expect(reshape(slice(x, 2, 0, 2), [6, 2]).storage).toBe(x.storage);
    expect(reshape(slice(x, 1, 0, 2), [2, 2, 2, 2]).storage).toBe(x.storage);
  });

  it("works one length out, and refuses other sizes", () => {
    const x = ones([2, 6]);
    expect(reshape(x, [-1, 4]).shape).toEqual([3, 4]);
    expect(reshape(ones([0, 3]), [-1, 5]).shape).toEqual([0, 5]);
    expect(() => reshape(x, [5, -1])).toThrow("shape [2, 6] (12 elements) cannot be reshaped to [5, -1]");
    expect(() => reshape(x, [-1, -1])).toThrow(ShapeError);
    expect(() => reshape(x, [-2, -6])).toThrow(ShapeError);
    expect(() => reshape(ones([0]), [0, -1])).toThrow(ShapeError);
  });
});

describe("arguments", () => {
  it("count from the end when negative", () => {
    const x = reshape(arange(6), [2, 3]);
    expect(Array.from(slice(x, -1, -2).dataSync())).toEqual([1, 2, 4, 5]);
    expect(Array.from(slice(x, -1, 0, -1).dataSync())).toEqual([0, 1, 3, 4]);
    expect(expandDims(x, -1).shape).toEqual([2, 3, 1]);
    expect(permute(x, [-1, -2]).shape).toEqual([3, 2]);
    expect(transpose(ones([2, 3, 4])).shape).toEqual([2, 4, 3]);
  });

  it("that make no sense are named", () => {
    const x = ones([2, 3]);
    expect(() => permute(x, [0, 0])).toThrow("[0, 0] must name each of the 2 axes once");
    expect(() => permute(x, [0])).toThrow(ShapeError);
    expect(() => slice(x, 1, 2, 1)).toThrow("range 2 to 1 leaves axis 1 of shape [2, 3]");
    expect(() => slice(x, 1, 0, 4)).toThrow(ShapeError);
    expect(() => slice(x, 1, -4)).toThrow(ShapeError);
    expect(() => slice(x, 1, 0.5)).toThrow(ShapeError);
    expect(() => squeeze(x, 1)).toThrow("axis 1 of shape [2, 3] has not length 1");
    expect(() => broadcastTo(x, [3, 3])).toThrow("[2, 3] does not broadcast to [3, 3]");
    expect(() => transpose(ones([2]))).toThrow("axis -2");
    expect(contiguous(x).storage).toBe(x.storage);
  });
});
