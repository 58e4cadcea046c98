import type { View } from "../device.js";
import { byteSize } from "../dtype.js";
import { DeviceError } from "../errors.js";
import type { Expression } from "../expr/expression.js";
import { identity } from "../expr/library.js";
import { isContiguous, type Shape, sizeOf } from "../shape.js";
import { type ArrayView, wholeView } from "./array-view.js";
import type { Arrays, DeviceArray } from "./arrays.js";
import type { GpuBuffer } from "./buffer.js";
import type { KernelSource } from "./gpu-js.js";
import { type FoldKind, fold } from "./kernels/fold.js";
import { map } from "./kernels/map.js";
import { merge, nestOf } from "./kernels/merge.js";

/** What the device does for a call; false, before anything was written, where the CPU has to do it. */
export type Kernel<Call> = (scratch: Scratch, call: Call) => boolean;

/** The arrays of one call: what it reads, what it makes on the way, and what it leaves in its outputs. */
export class Scratch {
  readonly arrays: Arrays;
  private readonly temporaries: DeviceArray[] = [];

  constructor(arrays: Arrays) {
    this.arrays = arrays;
  }

  /** The array under a view. Memory that nobody has written to reads as 0. */
  input({ buffer, dtype, shape, strides, offset }: View): ArrayView {
    return { array: this.content(buffer as GpuBuffer, dtype), shape, strides, offset };
  }

  private content(buffer: GpuBuffer, dtype: View["dtype"]): DeviceArray {
    buffer.array ??= this.arrays.of(new Float32Array(buffer.bytes / byteSize(dtype)));
    return buffer.array;
  }

  /** Frees the array with the call. */
  own(view: ArrayView): ArrayView {
    this.temporaries.push(view.array);
    return view;
  }

  /** An expression of views broadcast against each other, or to `shape`. */
  map(expression: Expression, inputs: readonly ArrayView[], parameters?: readonly number[], shape?: Shape): ArrayView {
    return this.own(map(this.arrays, expression, inputs, parameters, shape));
  }

  /** An expression folded over axes, which stay with length 1. */
  fold(
    kind: FoldKind,
    expression: Expression,
    inputs: readonly ArrayView[],
    axes: readonly number[],
    parameters?: readonly number[],
    shape?: Shape,
  ): ArrayView {
    return this.own(fold(this.arrays, kind, expression, inputs, axes, parameters, shape));
  }

  /** As `input`, laid out in row-major order from the start of its array. */
  contiguous(view: View): ArrayView {
    const input = this.input(view);
    return input.offset === 0 && isContiguous(view.shape, view.strides) ? input : this.map(identity, [input]);
  }

  /** The output of a kernel that reads whole arrays. */
  launch(
    source: KernelSource,
    shape: Shape,
    inputs: readonly ArrayView[],
    integers: readonly number[],
    numbers?: readonly number[],
  ): ArrayView {
    const arrays = inputs.map((view) => view.array);
    return this.own(wholeView(this.arrays.launch(source, sizeOf(shape), arrays, integers, numbers), shape));
  }

  /** Small numbers of the host as an array. */
  host(data: Float32Array, shape: Shape): ArrayView {
    return this.own(wholeView(this.arrays.of(data), shape));
  }

  /**
   * Leaves a result (contiguous, from its array's start) in the memory of `view`. Arrays never change, so a view of a part
   * makes its memory's array anew.
   */
  output({ buffer, dtype, shape, strides, offset }: View, result: ArrayView): boolean {
    const target = buffer as GpuBuffer;
    if (sizeOf(shape) === 0) return true;
    if (isContiguous(shape, strides) && sizeOf(shape) * byteSize(dtype) === buffer.bytes) {
      target.replace(result.array.retain());
      return true;
    }
    const nest = nestOf(shape, strides, offset);
    if (nest === undefined) throw new DeviceError(`a kernel cannot write to strides ${strides.join(", ")}`);
    target.replace(merge(this.arrays, this.content(target, dtype), result, nest));
    return true;
  }

  release(): void {
    for (const array of this.temporaries.splice(0)) array.release();
  }
}
