/** One character that was read as another; empty where a character was missed (`read`) or made up (`wanted`). */
export interface Confusion {
  readonly wanted: string;
  readonly read: string;
  readonly count: number;
}

/** Two texts side by side: at each place what one says and what the other does; empty where one has nothing. */
export type AlignedPair = readonly [read: string, wanted: string];

/**
 * Two texts aligned with the fewest edits, by code points (Wagner and Fischer 1974). Of several ways with as few edits the
 * one is taken that replaces rather than leaves out, as far to the right as it can.
 */
export function alignTexts(read: string, wanted: string): AlignedPair[] {
  const [a, b] = [[...read], [...wanted]];
  const costs = editTable(a, b);
  const pairs: AlignedPair[] = [];
  let [i, j] = [a.length, b.length];
  while (i > 0 || j > 0) {
    const cost = costs[i][j];
    if (i > 0 && j > 0 && cost === costs[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)) {
      pairs.push([a[--i], b[--j]]);
    } else if (i > 0 && cost === costs[i - 1][j] + 1) {
      pairs.push([a[--i], ""]);
    } else {
      pairs.push(["", b[--j]]);
    }
  }
  return pairs.reverse();
}

/** Edits between the first i characters of one text and the first j of the other, at [i][j]. */
function editTable(a: readonly string[], b: readonly string[]): number[][] {
  const costs = [b.map((_, j) => j + 1)];
  costs[0].unshift(0);
  for (const [i, x] of a.entries()) {
    const row = [i + 1];
    for (const [j, y] of b.entries()) {
      row.push(Math.min(costs[i][j] + (x === y ? 0 : 1), costs[i][j + 1] + 1, row[j] + 1));
    }
    costs.push(row);
  }
  return costs;
}

/** Counts which characters are read as which others. */
export class Confusions {
  private readonly byWanted = new Map<string, Map<string, number>>();

  /** Adds a reading of a text, aligned by the fewest edits. */
  add(read: string, wanted: string): void {
    for (const [found, meant] of alignTexts(read, wanted)) {
      const row = this.byWanted.get(meant) ?? new Map<string, number>();
      this.byWanted.set(meant, row);
      row.set(found, (row.get(found) ?? 0) + 1);
    }
  }

  /** Every pair of different characters, the most frequent first, then by code points. */
  result(): Confusion[] {
    const all = [...this.byWanted].flatMap(([wanted, row]) =>
      [...row].map(([read, count]) => ({ wanted, read, count })),
    );
    const byName = (a: Confusion, b: Confusion): number => compare(a.wanted, b.wanted) || compare(a.read, b.read);
    return all.filter(({ wanted, read }) => wanted !== read).sort((a, b) => b.count - a.count || byName(a, b));
  }

  /** How often each character was to be read. */
  wantedCounts(): Map<string, number> {
    const sum = (row: Map<string, number>): number => [...row.values()].reduce((total, count) => total + count, 0);
    return new Map([...this.byWanted].filter(([wanted]) => wanted !== "").map(([wanted, row]) => [wanted, sum(row)]));
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
