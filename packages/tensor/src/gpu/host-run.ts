import { cpu } from "../cpu/device.js";
import type { DeviceBuffer, KernelCalls } from "../device.js";
import { byteSize, type DType, hostArray, type TypedArray } from "../dtype.js";
import { viewsOf, withViews } from "../kernels/views.js";
import type { Arrays } from "./arrays.js";
import type { GpuBuffer } from "./buffer.js";
import { outputsOf } from "./outputs.js";

/** The numbers as an array of `dtype`. */
export function asDType(data: TypedArray, dtype: DType): TypedArray {
  const target = hostArray(dtype, 0);
  return data.constructor === target.constructor ? data : hostArray(dtype, data.length).map((_, i) => data[i]);
}

/** Runs a kernel on the CPU: its arrays are read back, and what it wrote goes to the device when it is next used there. */
export function runOnHost<K extends keyof KernelCalls>(arrays: Arrays, kernel: K, call: KernelCalls[K]): void {
  const used = new Map<GpuBuffer, DType>();
  for (const [, view] of viewsOf(call)) used.set(view.buffer as GpuBuffer, view.dtype);
  const writes = new Set(outputsOf(kernel, call).map((view) => view.buffer as GpuBuffer));
  const buffers = [...used.keys()];
  const read = buffers.filter((buffer) => buffer.array !== undefined);
  const written = buffers.filter((buffer) => writes.has(buffer));
  const lengths = written.map((buffer) => buffer.bytes / byteSize(used.get(buffer) as DType));
  // Tensors may be released before their turn comes; what they say of their memory is needed then.
  const detached = withViews(call, ({ buffer, dtype, shape, strides, offset }) => {
    return { buffer, dtype, shape, strides, offset };
  });
  const results = arrays.compute(
    read.map((buffer) => buffer.array as NonNullable<GpuBuffer["array"]>),
    lengths,
    (data) => {
      const device = cpu();
      const copies = new Map<DeviceBuffer, DeviceBuffer>();
      try {
        for (const buffer of buffers) copies.set(buffer, device.allocate(buffer.bytes));
        for (const [i, buffer] of read.entries()) {
          device.upload(copies.get(buffer) as DeviceBuffer, asDType(data[i], used.get(buffer) as DType));
        }
        const onCpu = withViews(detached, ({ buffer, dtype, shape, strides, offset }) => {
          return { buffer: copies.get(buffer) as DeviceBuffer, dtype, shape, strides, offset };
        });
        device.run(kernel, onCpu);
        return written.map((buffer, i) =>
          device.readSync(copies.get(buffer) as DeviceBuffer, used.get(buffer) as DType, lengths[i]),
        );
      } finally {
        for (const copy of copies.values()) device.free(copy);
      }
    },
  );
  for (const [i, buffer] of written.entries()) buffer.replace(results[i]);
}
