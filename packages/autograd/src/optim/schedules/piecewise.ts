import { needAscending, type Schedule } from "./schedule.js";

/** Constant rates between boundaries. */
export interface PiecewiseOptions {
  /** Steps at which the next value starts, ascending. */
  readonly boundaries: readonly number[];
  /** One rate more than there are boundaries. */
  readonly values: readonly number[];
}

/**
 * `values[i]` before `boundaries[i]`, the last value behind all of them. The reference's `Piecewise`, whose boundaries
 * are given in epochs.
 * @throws RangeError when boundaries do not grow or there is not one value more
 */
export function piecewise({ boundaries, values }: PiecewiseOptions): Schedule {
  needAscending("piecewise", "boundaries", boundaries);
  if (values.length !== boundaries.length + 1) {
    throw new RangeError(
      `piecewise: ${boundaries.length} boundaries need ${boundaries.length + 1} values, found ${values.length}`,
    );
  }
  return (step) => values[boundaries.filter((boundary) => boundary <= step).length];
}
