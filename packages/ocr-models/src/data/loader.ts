import { Random } from "@retort/tensor/random";
import { type Batch, type BatchRequest, loadBatch } from "./batch.js";
import { makeDataSet } from "./data-sets.js";
import { defaultFirstBatch, MultiScaleSampler, type SamplerConfig } from "./multi-scale-sampler.js";
import type { PictureSize } from "./picture.js";
import { PlainSampler, type Sampler } from "./sampler.js";
import { type LoaderShare, SharedSampler } from "./shared-sampler.js";
import type { DataSetConfig, DataSetup, SimpleDataSet } from "./simple-data-set.js";
import { UnusableReport } from "./unusable.js";
import { WorkerPool } from "./worker-pool.js";

/** The `loader` section of a config, as PaddleOCR writes it. */
export interface LoaderConfig {
  batch_size_per_card: number;
  shuffle?: boolean;
  drop_last?: boolean;
  /** Threads that load batches ahead; 0 loads in the calling thread when asked. */
  num_workers?: number;
}

/** Where a loader stands: the batch that comes next. Plain JSON, for checkpoints. */
export interface LoaderPosition {
  epoch: number;
  batch: number;
}

/** How much memory all threads together may use to keep decoded pictures. */
const defaultCacheBytes = 2 ** 28;

/** How many batches each worker loads ahead. */
const prefetch = 2;

/**
 * Gives the batches of a data set, epoch after epoch. Order and content depend on the seed and the position only, not on
 * the number of workers; a loader that is set to a saved position continues as the first one would have. Close it when
 * done.
 */
export class DataLoader {
  readonly dataSet: SimpleDataSet;
  /** The samples that could not be used so far, each once. */
  readonly unusable: UnusableReport = new UnusableReport();
  private readonly sampler: Sampler;
  private readonly random: Random;
  private readonly pool: WorkerPool | undefined;
  private readonly workers: number;
  /** Every so many batches, from which on; all of them unless batches are dealt out to several processes. */
  private readonly dealt: LoaderShare;
  private next: LoaderPosition = { epoch: 0, batch: 0 };

  /**
   * A `sampler` deals out batches in place of the loader's own settings. With a `share` this is the loader of one of
   * several processes: in training a batch has `batch_size_per_card` samples of each of them, in evaluation they take
   * turns with whole batches.
   * @throws Error for sections, label files, databases or transforms that are wrong
   */
  constructor(
    config: DataSetConfig,
    loader: LoaderConfig,
    setup: DataSetup,
    sampler?: SamplerConfig,
    share: LoaderShare = { rank: 0, size: 1 },
  ) {
    if ((config.name === "MultiScaleDataSet") !== (sampler !== undefined)) {
      throw new Error("MultiScaleDataSet and a sampler go together: the one resizes images to what the other says");
    }
    this.workers = atLeast("loader.num_workers", loader.num_workers ?? 0, 0);
    const cacheBytes = (setup.cacheBytes ?? defaultCacheBytes) / Math.max(1, this.workers);
    const shared = { ...setup, cacheBytes };
    this.dataSet = makeDataSet(config, shared);
    const training = setup.mode === "train";
    const proportionOf = config.ds_width ? (line: number): number => this.proportionOf(line) : undefined;
    this.sampler = makeSampler(loader, sampler, proportionOf, training ? share : undefined);
    this.dealt = training ? { rank: 0, size: 1 } : share;
    this.random = new Random(setup.seed);
    this.pool = this.workers === 0 ? undefined : new WorkerPool(this.workers, { config, setup: shared });
  }

  /** Number of batches of an epoch, over all processes. */
  get batchesPerEpoch(): number {
    return this.sampler.batchesPerEpoch(this.dataSet.linesOf(0).length);
  }

  /** The batch that comes next; when a batch is given out, this is already the one after it. */
  get position(): LoaderPosition {
    return { ...this.next };
  }

  set position({ epoch, batch }: LoaderPosition) {
    this.next = { epoch: atLeast("position.epoch", epoch, 0), batch: atLeast("position.batch", batch, 0) };
  }

  /**
   * The batches from the current position to the end of its epoch; the position then stands at the next epoch. A batch
   * of which no sample could be used is left out, and its samples are in `unusable`. Leaving the loop early is fine.
   */
  async *epoch(): AsyncGenerator<Batch, void, void> {
    const { epoch, batch: first } = this.next;
    const { rank, size } = this.dealt;
    const requests = this.requests(epoch).filter(({ index }) => index >= first && index % size === rank);
    const ahead: Promise<Batch>[] = [];
    const depth = Math.max(1, this.workers * prefetch);
    let started = 0;
    for (const [taken, request] of requests.entries()) {
      while (started < Math.min(requests.length, taken + depth)) ahead.push(this.start(requests[started++]));
      const batch = await (ahead.shift() as Promise<Batch>);
      for (const sample of batch.unusable) this.unusable.add(sample);
      this.next = { epoch, batch: request.index + 1 };
      if (batch.size > 0) yield batch;
    }
    this.next = { epoch: epoch + 1, batch: 0 };
  }

  /** Ends the worker threads and closes the data set. */
  async close(): Promise<void> {
    this.dataSet.close();
    await this.pool?.close();
  }

  private requests(epoch: number): BatchRequest[] {
    const batches = this.sampler.batches(this.dataSet.linesOf(epoch), this.random.split("shuffle", epoch));
    return batches.map((batch, index) => ({ ...batch, epoch, index }));
  }

  private start(request: BatchRequest): Promise<Batch> {
    const batch = this.pool === undefined ? loadBatch(this.dataSet, request) : this.pool.load(request);
    // A batch that fails while an earlier one is awaited is reported when its turn comes.
    batch.catch(() => {});
    return batch;
  }

  private proportionOf(line: number): number {
    const { width, height } = this.dataSet.line(line).size as PictureSize;
    return width / height;
  }
}

/**
 * How a loader deals out lines: as a `sampler` section says, or batches of one length. `proportionOf` gives width / height
 * of a line's image where widths follow them. With a `share` it gives the part of one of several processes, each of which
 * has `batch_size_per_card` (or a sampler's `first_bs`) samples. Throws an Error for a setting that is wrong.
 */
export function makeSampler(
  loader: LoaderConfig,
  sampler?: SamplerConfig,
  proportionOf?: (line: number) => number,
  share: LoaderShare = { rank: 0, size: 1 },
): Sampler {
  const batchSize = share.size * atLeast("loader.batch_size_per_card", loader.batch_size_per_card, 1);
  const whole =
    sampler !== undefined
      ? new MultiScaleSampler(timesBatch(sampler, share.size), proportionOf)
      : new PlainSampler(batchSize, { shuffle: loader.shuffle ?? false, dropLast: loader.drop_last ?? false });
  return share.size === 1 ? whole : new SharedSampler(whole, share);
}

function timesBatch(sampler: SamplerConfig, times: number): SamplerConfig {
  return times === 1 ? sampler : { ...sampler, first_bs: times * (sampler.first_bs ?? defaultFirstBatch) };
}

function atLeast(what: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new Error(`${what}: expected an integer from ${least} on, found ${JSON.stringify(value)}`);
  }
  return value;
}
