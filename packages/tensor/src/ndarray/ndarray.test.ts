import fc from "fast-check";
import ndarray from "ndarray";
import { describe, expect, test } from "vitest";
import { arange, blindDevice, matmul, permute, reshape, scope, slice, sum, tensor, withDevice } from "../index.js";
import type { Tensor } from "../tensor.js";
import { fromNdarray, toNdarray } from "./index.js";

/** The elements in row-major order, read by ndarray itself. */
function listed(nd: ndarray.NdArray, at: number[] = []): number[] {
  if (at.length === nd.shape.length) return [nd.get(...at)];
  return Array.from({ length: nd.shape[at.length] }, (_, i) => listed(nd, [...at, i])).flat();
}

const values = (x: Tensor): number[] => Array.from(x.dataSync());

describe("toNdarray", () => {
  test("reads a view with its shape, strides and offset, and copies nothing", () => {
    const x = arange(60);
    const view = slice(permute(reshape(x, [3, 4, 5]), [2, 0, 1]), 0, 1, 4);
    const nd = toNdarray(view);
    expect([nd.shape, nd.stride, nd.offset]).toEqual([view.shape, view.strides, view.offset]);
    expect(listed(nd)).toEqual(values(view));
    nd.set(0, 0, 0, 777);
    expect(values(x)[1]).toBe(777);
  });

  test.each(["float32", "float64", "int32", "uint8"] as const)("keeps %s", (dtype) => {
    const nd = toNdarray(tensor([1, 0, 255], [3], dtype));
    expect(nd.dtype).toBe(dtype);
    expect(listed(nd)).toEqual([1, 0, 255]);
  });

  test("reads empty arrays and arrays without axes", () => {
    expect(toNdarray(tensor([], [0, 3])).shape).toEqual([0, 3]);
    expect(toNdarray(tensor(5)).get()).toBe(5);
  });

  test("keeps the memory when the tensor is released, its scope ends, or backward would park it", () => {
    const nd = scope(() => {
      const x = tensor([1, 2, 3]);
      const result = toNdarray(x);
      x.storage.park();
      x.release();
      return result;
    });
    const others = Array.from({ length: 50 }, () => tensor([9, 9, 9]));
    expect(listed(nd)).toEqual([1, 2, 3]);
    expect(others).toHaveLength(50);
  });

  test("names the device that it cannot read", () => {
    const blind = blindDevice();
    expect(() => toNdarray(withDevice(blind, () => arange(2)))).toThrow(`on the CPU, found one on ${blind.name}`);
  });
});

describe("fromNdarray", () => {
  test("shares memory with what toNdarray made, and with views of it", () => {
    const x = reshape(arange(12), [3, 4]);
    const nd = toNdarray(x).transpose(1, 0).lo(1, 0).hi(2, 2);
    const y = fromNdarray(nd);
    expect([y.shape, y.strides, y.offset]).toEqual([[2, 2], [1, 4], 1]);
    expect(y.storage).toBe(x.storage);
    nd.set(1, 1, -1);
    expect(values(y)).toEqual([1, 5, 2, -1]);
  });

  test("keeps bool", () => {
    expect(fromNdarray(toNdarray(tensor([1, 0], [2], "bool"))).dtype).toBe("bool");
  });

  test("runs operations on arrays that go backwards", () => {
    const back = fromNdarray(toNdarray(reshape(arange(6), [2, 3])).step(1, -1));
    expect(values(back)).toEqual([2, 1, 0, 5, 4, 3]);
    expect(values(matmul(back, tensor([1, 10, 100], [3, 1])))).toEqual([12, 345]);
    expect(values(sum(back, { axes: 0 }))).toEqual([7, 5, 3]);
  });

  test("copies foreign data of any strides", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.constantFrom(1, -1, 2)),
        (shape, steps) => {
          const size = shape.reduce((a, b) => a * b, 1);
          const data = Float64Array.from({ length: size }, (_, i) => i);
          const axes = shape.map((_, i) => i).reverse();
          const nd = ndarray(data, shape)
            .step(...shape.map(() => steps.next().value))
            .transpose(...axes);
          const x = fromNdarray(nd);
          expect(x.dtype).toBe("float64");
          expect(x.shape).toEqual(nd.shape);
          expect(values(x)).toEqual(listed(nd));
          data.fill(-1);
          expect(values(x).includes(-1)).toBe(false);
        },
      ),
    );
  });

  test("names data that no tensor can hold", () => {
    expect(() => fromNdarray(ndarray([1, 2]))).toThrow("found array");
    expect(() => fromNdarray(ndarray(new Int8Array(2)))).toThrow("found int8");
  });
});
