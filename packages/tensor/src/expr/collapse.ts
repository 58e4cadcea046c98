import type { Shape } from "../shape.js";

/** The dimensions of a loop over several arrays at once: `strides[array][dimension]`, in elements. */
export interface Loops {
  readonly extents: number[];
  readonly strides: number[][];
}

/**
 * The same elements in fewer dimensions: those of length 1 are dropped, the others put in the order of the strides of
 * `leader` (widest first) and merged with their neighbours where every array allows it. Visits the elements in another
 * order unless `leader` is in row-major order. An empty or 0-d shape gives one dimension.
 */
export function collapse(shape: Shape, arrays: readonly Shape[], leader: Shape): Loops {
  const order = shape.map((_, axis) => axis).filter((axis) => shape[axis] !== 1);
  order.sort((a, b) => Math.abs(leader[b]) - Math.abs(leader[a]) || a - b);
  const extents: number[] = [];
  const strides: number[][] = arrays.map(() => []);
  for (const axis of order) {
    const last = extents.length - 1;
    if (last >= 0 && arrays.every((array, i) => strides[i][last] === array[axis] * shape[axis])) {
      extents[last] *= shape[axis];
      for (let i = 0; i < arrays.length; i++) strides[i][last] = arrays[i][axis];
    } else {
      extents.push(shape[axis]);
      for (let i = 0; i < arrays.length; i++) strides[i].push(arrays[i][axis]);
    }
  }
  if (extents.length > 0) return { extents, strides };
  return { extents: [1], strides: arrays.map(() => [0]) };
}

/** Visits the rows (all dimensions but the last) with the position of each array's first element. */
export function forEachRow(
  { extents, strides }: Loops,
  offsets: readonly number[],
  visit: (starts: readonly number[]) => void,
): void {
  if (extents.includes(0)) return;
  const index = extents.map(() => 0);
  const starts = [...offsets];
  for (;;) {
    visit(starts);
    let axis = extents.length - 2;
    for (; axis >= 0; axis--) {
      for (let i = 0; i < starts.length; i++) starts[i] += strides[i][axis];
      if (++index[axis] < extents[axis]) break;
      for (let i = 0; i < starts.length; i++) starts[i] -= strides[i][axis] * extents[axis];
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}
