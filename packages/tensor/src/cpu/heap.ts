import { OutOfMemoryError } from "../errors.js";

const pageBytes = 65_536;
const maximumPages = 65_535;
const alignment = 64;
const largeBytes = 1 << 20;

/** What is in use. */
export interface HeapStats {
  readonly liveBytes: number;
  readonly liveBlocks: number;
  readonly peakBytes: number;
  readonly pages: number;
}

interface Block {
  readonly address: number;
  readonly bytes: number;
}

/**
 * One growing WebAssembly memory from which tensors get their blocks. Blocks up to 1 MiB come from lists of equal size
 * classes, larger ones from a best-fit list that merges neighbours. Memory that was grown is kept and used again.
 */
export class Heap {
  readonly memory: WebAssembly.Memory;
  private readonly live = new Map<number, number>();
  private readonly small = new Map<number, number[]>();
  private large: Block[] = [];
  private top = alignment;
  private liveBytes = 0;
  private peakBytes = 0;
  private bytes = new Uint8Array(0);

  constructor() {
    const shared = typeof SharedArrayBuffer !== "undefined";
    this.memory = new WebAssembly.Memory({ initial: 16, maximum: maximumPages, shared });
  }

  /** The whole memory as bytes. Valid until the heap grows. */
  get u8(): Uint8Array {
    if (this.bytes.buffer !== this.memory.buffer) this.bytes = new Uint8Array(this.memory.buffer);
    return this.bytes;
  }

  /** The address of an uninitialised block, aligned to 64 bytes and never 0. @throws OutOfMemoryError */
  alloc(bytes: number): number {
    const size = classSize(bytes);
    const address =
      (size > largeBytes ? this.takeLarge(size) : this.small.get(size)?.pop()) ?? this.extend(size, bytes);
    this.live.set(address, size);
    this.liveBytes += size;
    this.peakBytes = Math.max(this.peakBytes, this.liveBytes);
    return address;
  }

  /** Gives a block back. @throws Error when nothing live is at `address` */
  free(address: number): void {
    const size = this.live.get(address);
    if (size === undefined) throw new Error(`heap: no live block at address ${address}`);
    this.live.delete(address);
    this.liveBytes -= size;
    if (size > largeBytes) {
      this.giveLarge({ address, bytes: size });
      return;
    }
    const list = this.small.get(size);
    if (list === undefined) this.small.set(size, [address]);
    else list.push(address);
  }

  stats(): HeapStats {
    const pages = this.memory.buffer.byteLength / pageBytes;
    return { liveBytes: this.liveBytes, liveBlocks: this.live.size, peakBytes: this.peakBytes, pages };
  }

  /** Starts counting `peakBytes` anew. */
  resetPeak(): void {
    this.peakBytes = this.liveBytes;
  }

  private takeLarge(size: number): number | undefined {
    let best = -1;
    for (const [i, block] of this.large.entries()) {
      if (block.bytes >= size && (best < 0 || block.bytes < this.large[best].bytes)) best = i;
    }
    if (best < 0) return undefined;
    const { address, bytes } = this.large[best];
    if (bytes === size) this.large.splice(best, 1);
    else this.large[best] = { address: address + size, bytes: bytes - size };
    return address;
  }

  private giveLarge(block: Block): void {
    const at = this.large.findIndex((other) => other.address > block.address);
    this.large.splice(at < 0 ? this.large.length : at, 0, block);
    this.large = this.large.reduce<Block[]>((merged, next) => {
      const last = merged.at(-1);
      if (last !== undefined && last.address + last.bytes === next.address) {
        merged[merged.length - 1] = { address: last.address, bytes: last.bytes + next.bytes };
      } else {
        merged.push(next);
      }
      return merged;
    }, []);
  }

  private extend(size: number, asked: number): number {
    const address = this.top;
    const missing = Math.ceil((address + size - this.memory.buffer.byteLength) / pageBytes);
    if (missing > 0) {
      const pages = this.memory.buffer.byteLength / pageBytes;
      const extra = Math.min(maximumPages - pages, Math.max(missing, Math.ceil(pages / 8)));
      try {
        this.memory.grow(Math.max(missing, extra));
      } catch {
        throw new OutOfMemoryError(
          `no room for ${asked} bytes: ${this.liveBytes} bytes are live in ${this.live.size} blocks, ` +
            `the heap has ${pages} of at most ${maximumPages} pages of 64 KiB`,
        );
      }
    }
    this.top += size;
    return address;
  }
}

/** Sizes are rounded up so that few classes occur: to 64 bytes, above 1 KiB to an eighth of the power of two. */
function classSize(bytes: number): number {
  const step = bytes <= 1024 ? alignment : Math.max(alignment, 2 ** (Math.floor(Math.log2(bytes)) - 3));
  const unit = bytes > largeBytes ? pageBytes : step;
  return Math.max(alignment, Math.ceil(bytes / unit) * unit);
}

let shared: Heap | undefined;

/** The heap that all CPU tensors share, made at first use. */
export function heap(): Heap {
  shared ??= new Heap();
  return shared;
}
