import type { Metric } from "@retort/ocr-models";

/** How far two networks say the same of the same images. */
export interface Agreement {
  readonly between: readonly [string, string];
  /** What the base metric says of the first network when what the second one found is taken as the label. */
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Compares what every two of several networks found, whatever the labels say: by how many readings are equal, or how well
 * boxes match. Two networks that agree and are wrong show here and not in their accuracies.
 */
export class AgreementMetric<Found, Wanted> {
  private readonly pairs: { readonly between: readonly [string, string]; readonly metric: Metric<Found, Wanted> }[];
  private readonly asWanted: (found: Found) => Wanted;

  /** `makeMetric` makes the base metric of one pair, `asWanted` a label of what a network found. */
  constructor(options: {
    names: readonly string[];
    makeMetric: () => Metric<Found, Wanted>;
    asWanted: (found: Found) => Wanted;
  }) {
    const { names, makeMetric } = options;
    this.asWanted = options.asWanted;
    this.pairs = names.flatMap((a, i) =>
      names.slice(i + 1).map((b) => ({ between: [a, b] as const, metric: makeMetric() })),
    );
  }

  /** Adds what every network found in the same samples. */
  add(predictions: Readonly<Record<string, readonly Found[]>>): void {
    for (const { between, metric } of this.pairs) {
      const [a, b] = between.map((name) => {
        if (!Object.hasOwn(predictions, name)) throw new Error(`agreement: predictions of "${name}" are missing`);
        return predictions[name];
      });
      metric.add(a, b.map(this.asWanted));
    }
  }

  /** The base metrics, in the order of the pairs. */
  parts(): Metric<Found, Wanted>[] {
    return this.pairs.map(({ metric }) => metric);
  }

  /** One entry a pair, in the order of the names. */
  result(): Agreement[] {
    return this.pairs.map(({ between, metric }) => ({ between, metrics: metric.result() }));
  }
}
