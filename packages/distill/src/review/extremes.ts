/** What is ranked by a score, and among equal scores by how sure a network is of it. */
export interface Ranked {
  /** From 0, worst, to 1, best. */
  readonly score: number;
  readonly sureness: number;
}

interface Entry<T> extends Ranked {
  readonly make: () => T;
  made?: T;
}

/** Metrics divide by a little more than the number of samples, so that their ends are this far off. */
const slack = 1e-4;

/**
 * Of many, the few best and the few worst ones. Of equal scores the surest counts as the most extreme. What is wholly
 * wrong is not among the best, and what is wholly right not among the worst.
 */
export class Extremes<T> {
  private readonly count: number;
  private top: Entry<T>[] = [];
  private bottom: Entry<T>[] = [];

  /** `count` of each are kept. */
  constructor(count: number) {
    this.count = count;
  }

  /** Offers one; `make` is called at once if it is kept, and never otherwise. */
  offer(rank: Ranked, make: () => T): void {
    const entry: Entry<T> = { ...rank, make };
    if (rank.score > slack) this.top = this.merged(this.top, entry, (a, b) => b.score - a.score);
    if (rank.score < 1 - slack) this.bottom = this.merged(this.bottom, entry, (a, b) => a.score - b.score);
  }

  /** The best ones first. */
  best(): T[] {
    return this.top.map(madeOf);
  }

  /** The worst ones first; none that is among the best too. */
  worst(): T[] {
    return this.bottom.filter((entry) => !this.top.includes(entry)).map(madeOf);
  }

  private merged(kept: Entry<T>[], entry: Entry<T>, order: (a: Ranked, b: Ranked) => number): Entry<T>[] {
    const all = [...kept, entry].sort((a, b) => order(a, b) || b.sureness - a.sureness).slice(0, this.count);
    if (all.includes(entry)) madeOf(entry);
    return all;
  }
}

function madeOf<T>(entry: Entry<T>): T {
  entry.made ??= entry.make();
  return entry.made;
}
