import type { Kernel, Params, Target } from "../wasm/index.js";
import { clearVectors } from "./clear-vectors.js";
import { type Heap, heap } from "./heap.js";
import { kernelSet } from "./kernel-set.js";
import { Pool } from "./pool.js";
import { threads } from "./thread-count.js";
import { tileColumns } from "./tile-columns.js";

export { kernelSet, setKernelSet } from "./kernel-set.js";
export { setThreads, threads } from "./thread-count.js";
export { setTileColumns, tileColumns } from "./tile-columns.js";

/** Values for the parameters of a kernel: addresses in bytes, integers, floats. */
export type KernelArguments<P extends Params> = { readonly [K in keyof P]: number };

/** A kernel in the form that the calling thread runs. */
interface Loaded {
  readonly id: number;
  readonly run: (start: number, end: number, scratch: number, args: number) => void;
  readonly bytes: Uint8Array;
  readonly names: readonly string[];
  readonly floats: readonly boolean[];
  /** Where the bytes lie in the heap, once a worker may need them. */
  address: number | undefined;
}

const MAXIMUM_PARAMS = 64;

/**
 * Runs a kernel over [0, count) in blocks of `grain`, here and in the workers. Which thread does a block is left to
 * chance, so a kernel's result must depend on its range only. A call of one block costs little more than a function
 * call. `scratchBytes` of memory (uninitialised, aligned to 64) belong to each thread during the call.
 * @throws Error that names the kernel, when it fails in a worker
 */
export function parallelFor<P extends Params>(
  kernel: Kernel<P>,
  args: KernelArguments<P>,
  count: number,
  grain: number,
  scratchBytes: number = kernel.scratchBytes,
): void {
  if (count <= 0) return;
  team ??= new Team(heap());
  team.run(kernel, args, count, grain, scratchBytes);
  clearVectors();
}

let team: Team | undefined;

class Team {
  private readonly heap: Heap;
  private readonly args: number;
  /** Without and with multiply-add, each for tiles of 8 and 16 columns. */
  private readonly loaded = Array.from({ length: 4 }, () => new WeakMap<Kernel, Loaded>());
  private kernels = 0;
  private pool: Pool | undefined;
  private scratch = 0;
  private scratchStride = 0;
  private scratchThreads = 0;

  constructor(memory: Heap) {
    this.heap = memory;
    this.args = memory.alloc(4 * MAXIMUM_PARAMS);
  }

  run(kernel: Kernel, args: { readonly [name: string]: number }, count: number, grain: number, scratch: number): void {
    const loaded = this.load(kernel);
    if (scratch > this.scratchStride || threads() > this.scratchThreads) this.growScratch(scratch);
    this.writeArguments(kernel, loaded, args);
    const alone = count <= grain || threads() === 1 || !this.workersReady();
    if (alone) {
      for (let start = 0; start < count; start += grain) {
        loaded.run(start, Math.min(start + grain, count), this.scratch, this.args);
      }
      return;
    }
    loaded.address ??= this.place(loaded.bytes);
    (this.pool as Pool).run({
      name: kernel.name,
      run: loaded.run,
      kernel: loaded.id,
      kernelAddress: loaded.address,
      kernelBytes: loaded.bytes.length,
      args: this.args,
      scratch: this.scratch,
      scratchStride: this.scratchStride,
      count,
      grain,
      threads: threads(),
    });
  }

  private workersReady(): boolean {
    if (!this.heap.shared) return false;
    this.pool ??= new Pool(this.heap);
    this.pool.ensure(threads() - 1);
    return this.pool.ready > 0;
  }

  private load(kernel: Kernel): Loaded {
    const fma = kernelSet() === "fma";
    const columns = tileColumns();
    const cache = this.loaded[(fma ? 2 : 0) + (columns === 16 ? 1 : 0)];
    let loaded = cache.get(kernel);
    if (loaded === undefined) {
      loaded = this.compile(kernel, { fma, tileColumns: columns, shared: this.heap.shared });
      cache.set(kernel, loaded);
    }
    return loaded;
  }

  private compile(kernel: Kernel, target: Target): Loaded {
    const names = Object.keys(kernel.params);
    if (names.length > MAXIMUM_PARAMS)
      throw new Error(`kernel ${kernel.name} has more than ${MAXIMUM_PARAMS} parameters`);
    const bytes = kernel.assemble(target);
    const module = new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.heap.memory } });
    return {
      id: this.kernels++,
      run: exports.run as Loaded["run"],
      bytes,
      names,
      floats: names.map((name) => kernel.params[name].kind === "f32"),
      address: undefined,
    };
  }

  private writeArguments(kernel: Kernel, { names, floats }: Loaded, args: { readonly [name: string]: number }): void {
    const { f32, i32 } = this.heap;
    const first = this.args / 4;
    for (let i = 0; i < names.length; i++) {
      const value = args[names[i]];
      if (value === undefined) throw new Error(`kernel ${kernel.name} was called without "${names[i]}"`);
      if (floats[i]) f32[first + i] = value;
      else i32[first + i] = value;
    }
  }

  private place(bytes: Uint8Array): number {
    const address = this.heap.alloc(bytes.length);
    this.heap.u8.set(bytes, address);
    return address;
  }

  private growScratch(bytes: number): void {
    if (this.scratch !== 0) this.heap.free(this.scratch);
    this.scratch = 0;
    this.scratchThreads = threads();
    this.scratchStride = Math.max(this.scratchStride, Math.ceil(bytes / 64) * 64);
    if (this.scratchStride > 0) this.scratch = this.heap.alloc(this.scratchStride * this.scratchThreads);
  }
}
