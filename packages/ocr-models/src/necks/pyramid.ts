import { add, concat, upsampleNearest2d, type Variable } from "@retort/autograd";
import { Conv2d } from "@retort/autograd/nn";

// A pyramid is a list of maps from large to small, each half as high and wide as the one before.

/** A convolution without bias that keeps the size, or halves it with a stride of 2. */
export function pyramidConv(inputs: number, outputs: number, kernel: number, stride = 1): Conv2d {
  return new Conv2d(inputs, outputs, { kernel, stride, padding: Math.floor(kernel / 2), bias: false });
}

/**
 * Adds to each level of a pyramid the sum of all smaller ones, enlarged. Source: Lin et al. 2017.
 * @throws ShapeError when a level is not half as large as the one before, or has other channels
 */
export function topDown(levels: readonly Variable[]): Variable[] {
  const sums = [...levels];
  for (let i = sums.length - 2; i >= 0; i--) sums[i] = add(levels[i], upsampleNearest2d(sums[i + 1], 2));
  return sums;
}

/**
 * All levels of a pyramid at the size of the largest, as channels of one map, the smallest first (db_fpn.py).
 * @throws ShapeError when a level is not half as large as the one before
 */
export function joinLevels(levels: readonly Variable[]): Variable {
  const enlarged = levels.map((level, i) => (i === 0 ? level : upsampleNearest2d(level, 2 ** i)));
  return concat(enlarged.toReversed(), 1);
}
