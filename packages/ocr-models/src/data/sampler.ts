import type { Random } from "@retort/tensor/random";
import type { PictureSize } from "./picture.js";

/** The lines of one batch, and where the sampler says it the size of its pictures. */
export interface BatchPlan {
  lines: number[];
  size?: PictureSize;
}

/** Deals out the lines of an epoch to batches. */
export interface Sampler {
  /** Number of batches of so many lines. */
  batchesPerEpoch(lines: number): number;
  /** The batches of an epoch; they depend on its lines and on the state of `random` only. */
  batches(lines: readonly number[], random: Random): BatchPlan[];
}

/** Batches of one length, the last one shorter or dropped; in order, or shuffled. */
export class PlainSampler implements Sampler {
  private readonly batchSize: number;
  private readonly shuffle: boolean;
  private readonly dropLast: boolean;

  constructor(batchSize: number, options: { shuffle: boolean; dropLast: boolean }) {
    this.batchSize = batchSize;
    this.shuffle = options.shuffle;
    this.dropLast = options.dropLast;
  }

  batchesPerEpoch(lines: number): number {
    return this.dropLast ? Math.floor(lines / this.batchSize) : Math.ceil(lines / this.batchSize);
  }

  batches(lines: readonly number[], random: Random): BatchPlan[] {
    const order = this.shuffle ? random.shuffle([...lines]) : lines;
    return Array.from({ length: this.batchesPerEpoch(order.length) }, (_, index) => ({
      lines: order.slice(index * this.batchSize, (index + 1) * this.batchSize),
    }));
  }
}
