/**
 * Something that gathers what a network found and says how good it is; each value of `result` has a name. `Found` and
 * `Wanted` belong to one sample.
 */
export interface Metric<Found, Wanted> {
  /** Adds what was found in samples and what is there, pairwise. */
  add(found: readonly Found[], wanted: readonly Wanted[]): void;
  /** Counts samples that could not be shown to the network. */
  addUnusable(count: number): void;
  /** The values over everything added since the last `reset`. */
  result(): Record<string, number>;
  reset(): void;
  /** What it has counted, as numbers that add up: the sums of those of parts of the samples are those of all. */
  counts(): number[];
  /** Goes on from such counts. */
  setCounts(counts: readonly number[]): void;
}
