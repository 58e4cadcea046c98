import type { Metric } from "@retort/ocr-models";

/**
 * One base metric for each sub-network, merged after PaddleOCR's `DistillationMetric`: the values of the network `key`
 * keep their names, those of another network `Teacher` become `Teacher_acc` and so on.
 */
export class DistillationMetric<Found, Wanted> {
  private readonly key: string;
  private readonly metrics: Map<string, Metric<Found, Wanted>>;

  /**
   * `names` are the sub-networks that predictions come from, in the order of the log; `makeMetric` makes the base
   * metric of one. Throws an Error if `key` is not among the names.
   */
  constructor(options: { key: string; names: readonly string[]; makeMetric: () => Metric<Found, Wanted> }) {
    if (!options.names.includes(options.key)) {
      throw new Error(
        `Metric.key is "${options.key}", but the post-processing gives results of ${options.names.join(", ")} only`,
      );
    }
    this.key = options.key;
    this.metrics = new Map(options.names.map((name) => [name, options.makeMetric()]));
  }

  /** Adds the predictions of every sub-network for the same targets. */
  add(predictions: Readonly<Record<string, readonly Found[]>>, targets: readonly Wanted[]): void {
    const unexpected = Object.keys(predictions).find((name) => !this.metrics.has(name));
    if (unexpected !== undefined) throw new Error(`DistillationMetric: no sub-network "${unexpected}" was announced`);
    for (const [name, metric] of this.metrics) {
      if (!Object.hasOwn(predictions, name))
        throw new Error(`DistillationMetric: predictions of "${name}" are missing`);
      metric.add(predictions[name], targets);
    }
  }

  /** Counts samples that no sub-network could be shown. */
  addUnusable(count: number): void {
    for (const metric of this.metrics.values()) metric.addUnusable(count);
  }

  /** The values of sub-networks under their merged names; of all of them unless some are named. */
  result(names?: readonly string[]): Record<string, number> {
    const entries = Object.entries(this.byNetwork())
      .filter(([name]) => names === undefined || names.includes(name))
      .flatMap(([name, values]) =>
        Object.entries(values).map(([value, number]) => [name === this.key ? value : `${name}_${value}`, number]),
      );
    return Object.fromEntries(entries);
  }

  /** The values of each sub-network under their own names. */
  byNetwork(): Record<string, Record<string, number>> {
    return Object.fromEntries([...this.metrics].map(([name, metric]) => [name, metric.result()]));
  }

  /** The base metrics, in the order of the names. */
  parts(): Metric<Found, Wanted>[] {
    return [...this.metrics.values()];
  }

  reset(): void {
    for (const metric of this.metrics.values()) metric.reset();
  }
}
