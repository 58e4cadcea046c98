import { count, numberBetween, type Options } from "../options.js";

/** By how much the ratio grows until the last epoch. */
const growth = 0.2;

/** The ratio by which regions are shrunk in an epoch, counted from 0. */
export type ShrinkRatio = (epoch?: number) => number;

/**
 * Reads `shrink_ratio` (0.4) and, of PP-OCRv4, `total_epoch`: with it the ratio grows with every epoch, by 0.2 over that
 * many. In the reference it grows only where a `ratio_list` makes a new data set for each epoch.
 */
export function readShrinkRatio(what: string, options: Options): ShrinkRatio {
  const ratio = numberBetween(what, options, "shrink_ratio", [0, 1], 0.4);
  if (options.total_epoch === undefined) return () => ratio;
  const epochs = count(what, options, "total_epoch", 1);
  return (epoch = 0) => ratio + (growth * epoch) / epochs;
}
