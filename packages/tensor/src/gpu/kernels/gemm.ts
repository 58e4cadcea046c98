import type { GemmCall } from "../../kernels/gemm/call.js";
import { sizeOf } from "../../shape.js";
import { type ArrayView, wholeView } from "../array-view.js";
import type { Arrays } from "../arrays.js";
import type { KernelSource } from "../gpu-js.js";
import type { Kernel } from "../scratch.js";
import { unravel } from "../source.js";

const body = (start: string): string => `
    ${unravel("this.thread.x", "at", ["batch", "rows", "columns"])}
    const left = aOffset + at0 * aBatch + at1 * aRow;
    const right = bOffset + at0 * bBatch + at2 * bColumn;
    let total = ${start};
    for (let i = 0; i < inner; i++) {
      total = total + a[left + i * aColumn] * b[right + i * bRow];
    }
    return total;`;

const integers = [
  "rows",
  "columns",
  "inner",
  "aOffset",
  "aBatch",
  "aRow",
  "aColumn",
  "bOffset",
  "bBatch",
  "bRow",
  "bColumn",
];

const product: KernelSource = { name: "gemm", arrays: ["a", "b"], integers, numbers: [], body: body("0") };

const productWithBias: KernelSource = {
  name: "gemm with bias",
  arrays: ["a", "b", "bias"],
  integers: [...integers, "biasOffset", "biasStride"],
  numbers: [],
  body: body("bias[biasOffset + at2 * biasStride]"),
};

/** a [batch, m, k] times b [batch, k, n], each in any layout, plus bias [n]: one thread an element. */
export function product3(arrays: Arrays, a: ArrayView, b: ArrayView, bias?: ArrayView): ArrayView {
  const shape = [a.shape[0], a.shape[1], b.shape[2]];
  const numbers = [shape[1], shape[2], a.shape[2], a.offset, ...a.strides, b.offset, ...b.strides];
  const output =
    bias === undefined
      ? arrays.launch(product, sizeOf(shape), [a.array, b.array], numbers)
      : arrays.launch(
          productWithBias,
          sizeOf(shape),
          [a.array, b.array, bias.array],
          [...numbers, bias.offset, bias.strides[0]],
        );
  return wholeView(output, shape);
}

/** Batched matrix product; transposition is a matter of strides. */
export const gemm: Kernel<GemmCall> = (scratch, { a, b, bias, output }) => {
  const result = scratch.own(product3(scratch.arrays, scratch.input(a), scratch.input(b), bias && scratch.input(bias)));
  return scratch.output(output, result);
};
