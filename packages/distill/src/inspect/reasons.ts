/** Samples that cannot be used, by reason, the most frequent first, with the first one of each. */
export type UnusableByReason = Readonly<Record<string, { readonly count: number; readonly first: string }>>;

/** Counts samples that cannot be used, by reason. */
export class Reasons {
  private readonly found = new Map<string, { count: number; first: string }>();

  add({ reason, where, detail }: { reason: string; where: string; detail: string }): void {
    const known = this.found.get(reason);
    if (known === undefined) this.found.set(reason, { count: 1, first: `${where}: ${detail}` });
    else known.count++;
  }

  get count(): number {
    return [...this.found.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** The most frequent reason first. */
  byReason(): UnusableByReason {
    return Object.fromEntries([...this.found].sort(([, a], [, b]) => b.count - a.count));
  }
}
