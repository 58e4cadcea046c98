import type { View } from "../../device.js";
import { mul } from "../../expr/library.js";
import type { DropoutCall } from "../../kernels/dropout/call.js";
import type { RandomFillCall } from "../../kernels/random-fill/call.js";
import { rowMajorStrides, sizeOf } from "../../shape.js";
import { GpuBuffer } from "../buffer.js";
import { runOnHost } from "../host-run.js";
import type { Kernel } from "../scratch.js";

// The generator is made of 32-bit products, which kernels of float32 numbers cannot compute. So the host draws, the same
// numbers as on the CPU, and only hands them over: nothing is read back.

/** Random numbers, drawn on the host. */
export const randomFill: Kernel<RandomFillCall> = (scratch, call) => {
  runOnHost(scratch.arrays, "randomFill", call);
  return true;
};

/** Dropout, with the mask drawn on the host. */
export const dropout: Kernel<DropoutCall> = (scratch, call) => {
  const { shape, dtype, buffer } = call.output;
  const views = [new GpuBuffer(buffer.bytes), new GpuBuffer(buffer.bytes)].map((made): View => {
    return { buffer: made, dtype, shape, strides: rowMajorStrides(shape), offset: 0 };
  });
  const [ones, mask] = views;
  const held = views.map((view) => view.buffer as GpuBuffer);
  held[0].replace(scratch.arrays.of(new Float32Array(sizeOf(shape)).fill(1)));
  runOnHost(scratch.arrays, "dropout", { ...call, input: ones, output: mask });
  const result = scratch.map(mul, [scratch.input(call.input), scratch.input(mask)], [], shape);
  for (const made of held) made.replace(undefined);
  return scratch.output(call.output, result);
};
