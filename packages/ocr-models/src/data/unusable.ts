/** A sample that could not be used. */
export interface Unusable {
  /** The number of its line among all lines of the data set. */
  line: number;
  /** Where it comes from: label file and line, and image. */
  where: string;
  reason: string;
  detail: string;
}

/** Gathers the samples that could not be used, each once, and says what was wrong with them. */
export class UnusableReport {
  private readonly samples = new Map<number, Unusable>();

  add(sample: Unusable): void {
    if (!this.samples.has(sample.line)) this.samples.set(sample.line, sample);
  }

  /** How many different samples could not be used. */
  get count(): number {
    return this.samples.size;
  }

  /** How many for each reason, the most frequent first. */
  get byReason(): Record<string, number> {
    const counts = new Map<string, number>();
    for (const { reason } of this.samples.values()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
  }

  /** All of them, by line. */
  list(): Unusable[] {
    return [...this.samples.values()].sort((a, b) => a.line - b.line);
  }

  /** The reasons with their counts and one example each, a reason a line; empty if every sample was usable. */
  summary(): string {
    const all = this.list();
    return Object.entries(this.byReason)
      .map(([reason, count]) => {
        const { where, detail } = all.find((sample) => sample.reason === reason) as Unusable;
        return `${count} x ${reason}, such as ${where}: ${detail}`;
      })
      .join("\n");
  }
}
