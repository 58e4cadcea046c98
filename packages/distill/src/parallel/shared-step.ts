import type { Gradients, Parameter, Variable } from "@retort/autograd";
import type { Batch } from "@retort/ocr-models/data";
import { countLabels, type WholeBatch } from "../training/tensors.js";
import type { Communicator } from "./communicator.js";
import { GradientBuckets } from "./gradient-buckets.js";

/**
 * What a training step exchanges with the other ranks, each of which has a part of the batch: how large the whole is,
 * gradients, and values of losses. All losses are weighed with the part's share of the whole, so that sums over ranks
 * are the loss and the gradients of the whole batch.
 */
export class SharedStep {
  readonly ranks: Communicator;
  private readonly buckets: GradientBuckets;

  constructor(ranks: Communicator, parameters: Iterable<Parameter>) {
    this.ranks = ranks;
    this.buckets = new GradientBuckets(ranks, parameters);
  }

  /** What the parts of all ranks make together; `ignoreIndex` pads SAR labels. */
  whole(batch: Batch, ignoreIndex: number): WholeBatch {
    const counts = Float64Array.of(batch.size, countLabels(batch, ignoreIndex));
    this.ranks.allReduce(counts);
    const longest = Float64Array.of(Math.max(0, ...(batch.fields.length?.data ?? [])));
    this.ranks.allReduce(longest, "max");
    return { samples: counts[0], labels: counts[1], longest: longest[0] };
  }

  /** Takes a gradient that is whole on this rank. */
  ready(leaf: Variable, gradient: Variable): void {
    this.buckets.ready(leaf, gradient);
  }

  /** Replaces gradients by their sums over all ranks, and returns the sums of values. */
  finish(gradients: Gradients, values: Readonly<Record<string, number>>): Record<string, number> {
    this.buckets.finish(gradients);
    const sums = Float64Array.from(Object.values(values));
    this.ranks.allReduce(sums);
    return Object.fromEntries(Object.keys(values).map((name, i) => [name, sums[i]]));
  }
}
