import type { Random } from "@retort/tensor/random";
import type { BatchPlan, Sampler } from "./sampler.js";

/** Which of several processes loads, from 0, and how many there are. */
export interface LoaderShare {
  rank: number;
  size: number;
}

/**
 * The part of every batch that one of several processes loads: the first one the first samples, and so on. Together they
 * load the batches of another sampler. A batch that does not divide is filled up with the first lines of the epoch, so
 * that all load equally many. Source: Paddle's DistributedBatchSampler.
 */
export class SharedSampler implements Sampler {
  private readonly whole: Sampler;
  private readonly share: LoaderShare;

  constructor(whole: Sampler, share: LoaderShare) {
    this.whole = whole;
    this.share = share;
  }

  batchesPerEpoch(lines: number): number {
    return this.whole.batchesPerEpoch(lines);
  }

  batches(lines: readonly number[], random: Random): BatchPlan[] {
    const { rank, size } = this.share;
    const all = this.whole.batches(lines, random);
    const first = all.flatMap((batch) => batch.lines);
    return all.map((batch) => {
      const each = Math.ceil(batch.lines.length / size);
      const missing = each * size - batch.lines.length;
      const filled = [...batch.lines, ...Array.from({ length: missing }, (_, i) => first[i % first.length])];
      return { ...batch, lines: filled.slice(rank * each, (rank + 1) * each) };
    });
  }
}
