/** How numbers are spread. */
export interface Spread {
  readonly least: number;
  /** A twentieth of them is at most so large, a half, nineteen twentieths. */
  readonly low: number;
  readonly median: number;
  readonly high: number;
  readonly greatest: number;
  readonly mean: number;
}

/** How often each number came. */
export type Counts = ReadonlyMap<number, number>;

/** Counts one more of `key`. */
export function countIn<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** The spread of counted numbers; undefined when there are none. A share's number is the least that reaches it. */
export function spreadOf(counts: Counts): Spread | undefined {
  const sorted = [...counts].sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return undefined;
  const at = (share: number): number => {
    let seen = 0;
    for (const [value, count] of sorted) {
      seen += count;
      if (seen >= share * total) return value;
    }
    return sorted[sorted.length - 1][0];
  };
  const mean = sorted.reduce((sum, [value, count]) => sum + value * count, 0) / total;
  return { least: sorted[0][0], low: at(0.05), median: at(0.5), high: at(0.95), greatest: at(1), mean };
}
