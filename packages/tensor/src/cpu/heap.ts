import { OutOfMemoryError } from "../errors.js";
import { FreeList } from "./free-list.js";

const PAGE = 65_536;
const MAXIMUM_PAGES = 65_535;
const SMALL = 1 << 20;
const SLAB = 1 << 16;
const GROWTH_PAGES = 64;
/** Large blocks are multiples of this: not of 4096, so that arrays of equal size do not compete for cache lines. */
const LARGE_UNIT = 4096 + 64;

/** How a heap is made; the defaults suit everything but tests. */
export interface HeapOptions {
  /** Share the memory between threads; default: where the platform allows it. */
  readonly shared?: boolean;
  /** Upper bound in pages of 64 KiB; default 65,535. */
  readonly maximumPages?: number;
}

/** What a heap holds. */
export interface HeapStats {
  /** Bytes asked for and not freed yet. */
  readonly liveBytes: number;
  readonly liveBlocks: number;
  /** Size of the memory in pages of 64 KiB; it never shrinks. */
  readonly pages: number;
  /** The largest `liveBytes` since the last `resetPeak`. */
  readonly peakBytes: number;
}

/**
 * One WebAssembly memory, given out in blocks that are aligned to 64 bytes. Blocks above 1 MiB are placed by best fit
 * and merged when they are freed; smaller ones come in size classes, a quarter of a power of two apart.
 */
export class Heap {
  readonly memory: WebAssembly.Memory;
  /** True when threads can share the memory. */
  readonly shared: boolean;
  /** The whole memory as floats: element `address / 4`. Read the property anew after every `alloc`. */
  f32!: Float32Array;
  /** The whole memory as doubles: element `address / 8`. */
  f64!: Float64Array;
  /** The whole memory as integers: element `address / 4`. */
  i32!: Int32Array;
  /** The whole memory as bytes. */
  u8!: Uint8Array;
  private readonly maximumPages: number;
  private readonly large = new FreeList();
  private readonly small = new Map<number, number[]>();
  private readonly live = new Map<number, number>();
  private liveBytes = 0;
  private peakBytes = 0;
  private pages = 1;

  constructor(options: HeapOptions = {}) {
    this.maximumPages = options.maximumPages ?? MAXIMUM_PAGES;
    this.memory = makeMemory(options.shared ?? true, this.maximumPages);
    this.shared = typeof SharedArrayBuffer !== "undefined" && this.memory.buffer instanceof SharedArrayBuffer;
    this.large.add(64, PAGE - 64);
    this.refreshViews();
  }

  /**
   * Uninitialised memory; the address is a multiple of 64 and never 0. A block of 0 bytes is a block.
   * @throws OutOfMemoryError
   */
  alloc(bytes: number): number {
    if (!Number.isSafeInteger(bytes) || bytes < 0) {
      throw new RangeError(`a block needs a whole number of bytes, not below 0; asked for ${bytes}`);
    }
    const address = bytes <= SMALL ? this.allocSmall(bytes) : this.allocLarge(largeSize(bytes), bytes);
    this.live.set(address, bytes);
    this.liveBytes += bytes;
    this.peakBytes = Math.max(this.peakBytes, this.liveBytes);
    return address;
  }

  /** Gives a block back. @throws Error when no block that is in use starts at `address` */
  free(address: number): void {
    const bytes = this.live.get(address);
    if (bytes === undefined) {
      throw new Error(`free(${address}): no block in use starts there; it was freed before, or never allocated`);
    }
    this.live.delete(address);
    this.liveBytes -= bytes;
    if (bytes <= SMALL) this.freeOfClass(classSize(bytes)).push(address);
    else this.large.add(address, largeSize(bytes));
  }

  stats(): HeapStats {
    const { liveBytes, pages, peakBytes } = this;
    return { liveBytes, liveBlocks: this.live.size, pages, peakBytes };
  }

  /** Lets `peakBytes` start again from what is live now. */
  resetPeak(): void {
    this.peakBytes = this.liveBytes;
  }

  private allocSmall(bytes: number): number {
    const size = classSize(bytes);
    const free = this.freeOfClass(size);
    if (free.length === 0) {
      const slab = Math.max(1, Math.floor(SLAB / size)) * size;
      const start = this.allocLarge(slab, bytes);
      for (let at = start + slab - size; at >= start; at -= size) free.push(at);
    }
    return free.pop() as number;
  }

  private freeOfClass(size: number): number[] {
    let free = this.small.get(size);
    if (free === undefined) {
      free = [];
      this.small.set(size, free);
    }
    return free;
  }

  private allocLarge(size: number, asked: number): number {
    const address = this.large.take(size);
    if (address !== undefined) return address;
    this.grow(size - this.large.sizeBefore(this.pages * PAGE), asked);
    return this.large.take(size) as number;
  }

  private grow(missing: number, asked: number): void {
    const needed = Math.ceil(missing / PAGE);
    const room = this.maximumPages - this.pages;
    const pages = Math.min(room, Math.ceil(needed / GROWTH_PAGES) * GROWTH_PAGES);
    if (needed > room || !this.tryGrow(pages)) throw this.outOfMemory(asked);
    this.large.add(this.pages * PAGE, pages * PAGE);
    this.pages += pages;
    this.refreshViews();
  }

  private tryGrow(pages: number): boolean {
    try {
      this.memory.grow(pages);
      return true;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }

  private outOfMemory(asked: number): OutOfMemoryError {
    return new OutOfMemoryError(
      `out of memory: asked for ${mebibytes(asked)}; live are ${mebibytes(this.liveBytes)} in ${this.live.size} blocks, ` +
        `the largest free stretch has ${mebibytes(this.large.largest())}, ` +
        `the heap ${mebibytes(this.pages * PAGE)} of at most ${mebibytes(this.maximumPages * PAGE)}`,
    );
  }

  private refreshViews(): void {
    const { buffer } = this.memory;
    this.f32 = new Float32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u8 = new Uint8Array(buffer);
  }
}

function makeMemory(shared: boolean, maximum: number): WebAssembly.Memory {
  if (shared && typeof SharedArrayBuffer !== "undefined") {
    try {
      const memory = new WebAssembly.Memory({ initial: 1, maximum, shared: true });
      if (memory.buffer instanceof SharedArrayBuffer) return memory;
    } catch {
      // A page that is not cross-origin isolated may not share memory: one thread works alone there.
    }
  }
  return new WebAssembly.Memory({ initial: 1, maximum });
}

/** The size of the class that `bytes` belongs to: 64, 128, 192, 256, then four steps for each doubling. */
function classSize(bytes: number): number {
  if (bytes <= 256) return Math.max(64, Math.ceil(bytes / 64) * 64);
  const step = 2 ** (29 - Math.clz32(bytes - 1));
  return Math.ceil(bytes / step) * step;
}

function largeSize(bytes: number): number {
  return Math.ceil(bytes / LARGE_UNIT) * LARGE_UNIT;
}

function mebibytes(bytes: number): string {
  return bytes < SMALL ? `${bytes} bytes` : `${(bytes / SMALL).toFixed(1)} MiB`;
}

let shared: Heap | undefined;

/** The heap of the process, made at first use. */
export function heap(): Heap {
  shared ??= new Heap();
  return shared;
}

/** Pages of the process's heap; 0 before its first use. */
export function heapPages(): number {
  return shared?.stats().pages ?? 0;
}
