import { describe, expect, it } from "vitest";
import type { DType } from "../dtype.js";
import { ShapeError } from "../errors.js";
import { assign, cast } from "./copy.js";
import { arange, fill, full, ones, tensor, zeros } from "./create.js";
import { permute, slice } from "./views.js";

const read = (x: ReturnType<typeof ones>): number[] => Array.from(x.dataSync());
const dtypes: DType[] = ["float32", "float64", "int32", "uint8", "bool"];

describe("tensor", () => {
  it("copies its data and takes the type of typed arrays", () => {
    const data = Float64Array.of(1.1, 2.2);
    const x = tensor(data);
    data[0] = 9;
    expect([x.dtype, x.shape]).toEqual(["float64", [2]]);
    expect(read(x)).toEqual([1.1, 2.2]);
    expect(tensor([1, 2]).dtype).toBe("float32");
    expect(tensor(Int32Array.of(1)).dtype).toBe("int32");
    expect(tensor(Uint8Array.of(1)).dtype).toBe("uint8");
    expect(tensor(4).shape).toEqual([]);
  });

  it("reads a part of a larger buffer", () => {
    const data = Float32Array.of(0, 1, 2, 3).subarray(1, 3);
    expect(read(tensor(data))).toEqual([1, 2]);
  });

  it("converts: integers are cut towards zero, bool is whether it is not 0", () => {
    expect(read(tensor([1.9, -1.9], [2], "int32"))).toEqual([1, -1]);
    expect(read(tensor([0, 0.5, -3], [3], "bool"))).toEqual([0, 1, 1]);
    expect(read(tensor(Uint8Array.of(0, 1, 7), [3], "bool"))).toEqual([0, 1, 1]);
    expect(read(tensor(Float64Array.of(0.1), [1], "float32"))).toEqual([Math.fround(0.1)]);
  });

  it("refuses a shape that does not hold its data", () => {
    expect(() => tensor([1, 2, 3], [2, 2])).toThrow("shape [2, 2] holds 4 elements, but 3 were given");
    expect(() => tensor([], [1])).toThrow(ShapeError);
    expect(tensor([], [0, 3]).size).toBe(0);
  });
});

describe.each(dtypes)("filled tensors of %s", (dtype) => {
  it("have the value everywhere", () => {
    expect(read(zeros([2, 2], dtype))).toEqual([0, 0, 0, 0]);
    expect(read(ones([3], dtype))).toEqual([1, 1, 1]);
    expect(read(full([], 1, dtype))).toEqual([1]);
    expect(full([2], 1, dtype).dtype).toBe(dtype);
    expect(read(ones([0], dtype))).toEqual([]);
  });

  it("are written through strided views, and only there", () => {
    const x = zeros([3, 4], dtype);
    fill(slice(permute(x), 0, 1, 3), 1);
    expect(read(x)).toEqual([0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0]);
  });
});

it("arange counts from 0", () => {
  expect(read(arange(4))).toEqual([0, 1, 2, 3]);
  expect(arange(3, "int32").dtype).toBe("int32");
  expect(read(arange(0))).toEqual([]);
});

describe("cast and assign", () => {
  it("convert between all types", () => {
    const source = tensor([0, 1, 2.75, -1.5], [2, 2], "float64");
    const cut: Record<DType, number[]> = {
      float32: [0, 1, 2.75, -1.5],
      float64: [0, 1, 2.75, -1.5],
      int32: [0, 1, 2, -1],
      uint8: [0, 1, 2, 255],
      bool: [0, 1, 1, 1],
    };
    for (const dtype of dtypes) {
      expect(read(cast(source, dtype))).toEqual(cut[dtype]);
      const target = zeros([2, 2], dtype);
      assign(target, permute(source));
      expect(read(target)).toEqual([0, 2, 1, 3].map((i) => cut[dtype][i]));
    }
  });

  it("broadcast the source, never the target", () => {
    const target = zeros([2, 3]);
    assign(target, tensor([1, 2, 3]));
    expect(read(target)).toEqual([1, 2, 3, 1, 2, 3]);
    expect(() => assign(tensor([1, 2, 3]), target)).toThrow("[2, 3] does not broadcast to [3]");
  });
});
