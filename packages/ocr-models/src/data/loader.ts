import { Random } from "@retort/tensor/random";
import { type Batch, loadBatch } from "./batch.js";
import { nearestName } from "./options.js";
import { type DataSetConfig, type DataSetup, SimpleDataSet } from "./simple-data-set.js";
import { UnusableReport } from "./unusable.js";
import { type BatchRequest, WorkerPool } from "./worker-pool.js";

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

/** Every data set that a config can name. */
const dataSets: Readonly<Record<string, typeof SimpleDataSet>> = { SimpleDataSet };

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
  readonly batchSize: number;
  /** The samples that could not be used so far, each once. */
  readonly unusable: UnusableReport = new UnusableReport();
  private readonly shuffle: boolean;
  private readonly dropLast: boolean;
  private readonly random: Random;
  private readonly pool: WorkerPool | undefined;
  private readonly workers: number;
  private next: LoaderPosition = { epoch: 0, batch: 0 };

  /** Throws an Error for sections, label files or transforms that are wrong. */
  constructor(config: DataSetConfig, loader: LoaderConfig, setup: DataSetup) {
    if (!Object.hasOwn(dataSets, config.name)) {
      const nearest = nearestName(String(config.name), Object.keys(dataSets));
      throw new Error(`dataset.name: there is no data set "${config.name}"; the nearest name is "${nearest}"`);
    }
    this.batchSize = atLeast("loader.batch_size_per_card", loader.batch_size_per_card, 1);
    this.workers = atLeast("loader.num_workers", loader.num_workers ?? 0, 0);
    const cacheBytes = (setup.cacheBytes ?? defaultCacheBytes) / Math.max(1, this.workers);
    const shared = { ...setup, cacheBytes };
    this.dataSet = new dataSets[config.name](config, shared);
    this.shuffle = loader.shuffle ?? false;
    this.dropLast = loader.drop_last ?? false;
    this.random = new Random(setup.seed);
    this.pool = this.workers === 0 ? undefined : new WorkerPool(this.workers, { config, setup: shared });
  }

  /** Number of batches of an epoch. */
  get batchesPerEpoch(): number {
    return this.count(this.dataSet.linesOf(0).length);
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
    const requests = this.requests(epoch).slice(first);
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

  /** Ends the worker threads. */
  async close(): Promise<void> {
    await this.pool?.close();
  }

  private requests(epoch: number): BatchRequest[] {
    const lines = this.dataSet.linesOf(epoch);
    if (this.shuffle) this.random.split("shuffle", epoch).shuffle(lines);
    return Array.from({ length: this.count(lines.length) }, (_, index) => ({
      lines: lines.slice(index * this.batchSize, (index + 1) * this.batchSize),
      epoch,
      index,
    }));
  }

  private start({ lines, epoch, index }: BatchRequest): Promise<Batch> {
    const batch =
      this.pool === undefined ? loadBatch(this.dataSet, lines, epoch, index) : this.pool.load({ lines, epoch, index });
    // A batch that fails while an earlier one is awaited is reported when its turn comes.
    batch.catch(() => {});
    return batch;
  }

  private count(lines: number): number {
    return this.dropLast ? Math.floor(lines / this.batchSize) : Math.ceil(lines / this.batchSize);
  }
}

function atLeast(what: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new Error(`${what}: expected an integer from ${least} on, found ${JSON.stringify(value)}`);
  }
  return value;
}
