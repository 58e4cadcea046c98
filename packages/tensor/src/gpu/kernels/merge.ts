import type { Shape } from "../../shape.js";
import type { ArrayView } from "../array-view.js";
import type { Arrays, DeviceArray } from "../arrays.js";
import type { KernelSource } from "../gpu-js.js";
import { divide, numbered } from "../source.js";

/** Where a view lies in its array: axes of more than one element, widest stride first. */
interface Nest {
  readonly offset: number;
  readonly extents: readonly number[];
  readonly strides: readonly number[];
  /** Strides of the same axes in row-major order of the view's shape. */
  readonly own: readonly number[];
}

/** The nest of a view; undefined where its elements overlap or run backwards, so that no position has one index. */
export function nestOf(shape: Shape, strides: Shape, offset: number): Nest | undefined {
  let step = 1;
  const own = new Array<number>(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    own[axis] = step;
    step *= shape[axis];
  }
  const axes = shape.map((_, axis) => axis).filter((axis) => shape[axis] > 1);
  axes.sort((a, b) => strides[b] - strides[a]);
  let span = 1;
  for (const axis of axes.toReversed()) {
    if (strides[axis] < span) return undefined;
    span = strides[axis] * shape[axis];
  }
  const pick = (lengths: Shape): number[] => axes.map((axis) => lengths[axis]);
  return { offset, extents: pick(shape), strides: pick(strides), own: pick(own) };
}

function mergeSource(rank: number): KernelSource {
  const lines = numbered("", rank).map(
    (axis) => `${divide(`rest${axis}`, `stride${axis}`, `at${axis}`, `next${axis}`)}
    if (at${axis} >= extent${axis}) { inside = 0; }
    position = position + at${axis} * own${axis};
    const rest${Number(axis) + 1} = next${axis};`,
  );
  return {
    name: `merge ${rank}`,
    arrays: ["before", "fresh"],
    integers: ["offset", ...numbered("", rank).flatMap((axis) => [`extent${axis}`, `stride${axis}`, `own${axis}`])],
    numbers: [],
    body: `
    let inside = 1;
    let position = 0;
    if (this.thread.x < offset) { inside = 0; }
    const rest0 = Math.max(0, this.thread.x - offset);
    ${lines.join("\n    ")}
    if (rest${rank} > 0) { inside = 0; }
    if (inside < 1) { position = 0; }
    const old = before[this.thread.x];
    const written = fresh[position];
    return inside > 0 ? written : old;`,
  };
}

/** `before` with the elements at a nest's positions replaced by those of `fresh`, which is contiguous and starts at 0. */
export function merge(arrays: Arrays, before: DeviceArray, fresh: ArrayView, nest: Nest): DeviceArray {
  const axes = nest.extents.flatMap((extent, i) => [extent, nest.strides[i], nest.own[i]]);
  return arrays.launch(mergeSource(nest.extents.length), before.length, [before, fresh.array], [nest.offset, ...axes]);
}
