import { CONTROL_WORDS, control, NO_MORE_BLOCKS } from "./control.js";
import type { Heap } from "./heap.js";
import { workerSource } from "./worker-source.js";

/** One call of a kernel, split into blocks. */
export interface Job {
  readonly name: string;
  readonly run: (start: number, end: number, scratch: number, args: number) => void;
  /** Number of the kernel, and where its bytes lie, for workers that do not have it yet. */
  readonly kernel: number;
  readonly kernelAddress: number;
  readonly kernelBytes: number;
  readonly args: number;
  readonly scratch: number;
  readonly scratchStride: number;
  readonly count: number;
  readonly grain: number;
  /** Threads that may take part, the calling one included. */
  readonly threads: number;
}

/** Looks at the completion word before the caller goes to sleep. */
const SPINS = 20_000;
/** A worker that takes longer than this over one block is taken for dead. */
const PATIENCE_MS = 60_000;

/** Workers over one shared heap, started when first needed; they never keep the process alive. */
export class Pool {
  private readonly heap: Heap;
  private readonly address: number;
  private readonly words: Int32Array;
  private started = 0;

  constructor(heap: Heap) {
    this.heap = heap;
    this.address = heap.alloc(4 * CONTROL_WORDS);
    this.words = new Int32Array(heap.memory.buffer, this.address, CONTROL_WORDS).fill(0);
  }

  /** Starts workers until there are `count`. */
  ensure(count: number): void {
    for (; this.started < count; this.started++) {
      startWorker({ memory: this.heap.memory, address: this.address, index: this.started });
    }
  }

  /** Workers that have reported. */
  get ready(): number {
    return Atomics.load(this.words, control.ready);
  }

  /** Runs all blocks of a job, here and in the workers. @throws Error, naming the kernel, when a block failed */
  run(job: Job): void {
    const { words } = this;
    this.describe(job);
    Atomics.store(words, control.open, 1);
    Atomics.add(words, control.signal, 1);
    if (Atomics.load(words, control.parked) > 0) Atomics.notify(words, control.signal);
    let failure: unknown;
    try {
      this.takeBlocks(job);
    } catch (error) {
      failure = error;
      Atomics.store(words, control.next, NO_MORE_BLOCKS);
    }
    Atomics.store(words, control.open, 0);
    this.waitForWorkers(job);
    if (failure !== undefined) throw failure;
    if (words[control.failed] === 1) throw new Error(`kernel ${job.name} failed in a worker: ${this.message()}`);
  }

  private describe(job: Job): void {
    const { words } = this;
    words[control.next] = 0;
    words[control.failed] = 0;
    words[control.kernel] = job.kernel;
    words[control.kernelAddress] = job.kernelAddress;
    words[control.kernelBytes] = job.kernelBytes;
    words[control.count] = job.count;
    words[control.grain] = job.grain;
    words[control.args] = job.args;
    words[control.scratch] = job.scratch;
    words[control.scratchStride] = job.scratchStride;
    words[control.workers] = job.threads - 1;
  }

  private takeBlocks({ run, count, grain, scratch, args }: Job): void {
    for (;;) {
      const start = Atomics.add(this.words, control.next, 1) * grain;
      if (start >= count) return;
      run(start, Math.min(start + grain, count), scratch, args);
    }
  }

  private waitForWorkers({ name }: Job): void {
    const { words } = this;
    for (let i = 0; i < SPINS; i++) if (Atomics.load(words, control.active) === 0) return;
    const deadline = performance.now() + PATIENCE_MS;
    Atomics.store(words, control.waiting, 1);
    for (;;) {
      const active = Atomics.load(words, control.active);
      if (active === 0) break;
      if (performance.now() > deadline) throw new Error(`kernel ${name}: a worker has not answered for a minute`);
      if (maySleep) Atomics.wait(words, control.active, active, 10);
    }
    Atomics.store(words, control.waiting, 0);
  }

  private message(): string {
    const from = control.message;
    return String.fromCharCode(...this.words.subarray(from, from + this.words[control.messageLength]));
  }
}

/** A browser's main thread may not sleep. */
const maySleep: boolean = typeof globalThis.document === "undefined";

interface WorkerData {
  readonly memory: WebAssembly.Memory;
  readonly address: number;
  readonly index: number;
}

/** A worker that cannot start never reports ready, and the others do its share. */
function startWorker(data: WorkerData): void {
  const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
  if (node !== undefined) {
    const worker = new node.Worker(workerSource, { eval: true, workerData: data, execArgv: [], name: "retort" });
    worker.on("error", () => {});
    worker.unref();
    return;
  }
  try {
    const url = URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
    new Worker(url).postMessage(data);
    URL.revokeObjectURL(url);
  } catch {
    // The page's security policy forbids such workers: the calling thread works alone.
  }
}
