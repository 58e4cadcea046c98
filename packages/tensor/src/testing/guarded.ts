import { heap } from "../cpu/heap.js";

const GUARD = 16;
const CANARY = Math.fround(-7.25e30);

/** A block of floats in the heap between two guards that nothing may write to. For tests of kernels. */
export class Guarded {
  readonly address: number;
  readonly length: number;
  private readonly block: number;

  /** Filled by `value(i)`, or with NaN, so that what a kernel forgets to write shows. */
  constructor(length: number, value: (i: number) => number = () => Number.NaN) {
    this.length = length;
    this.block = heap().alloc(4 * (length + 2 * GUARD));
    this.address = this.block + 4 * GUARD;
    const all = heap().f32.subarray(this.block / 4, this.block / 4 + length + 2 * GUARD);
    all.fill(CANARY);
    for (let i = 0; i < length; i++) all[GUARD + i] = value(i);
  }

  /** The floats; valid until the heap grows. */
  get floats(): Float32Array {
    return heap().f32.subarray(this.address / 4, this.address / 4 + this.length);
  }

  /** Frees the block. @throws Error when something wrote beside it */
  close(): void {
    const { f32 } = heap();
    for (let i = 0; i < GUARD; i++) {
      for (const at of [this.block / 4 + i, this.address / 4 + this.length + i]) {
        if (f32[at] !== CANARY) throw new Error(`a kernel wrote beside its block, at element ${at - this.address / 4}`);
      }
    }
    heap().free(this.block);
  }
}

/** Repeatable values in (-1, 1) that fill the mantissa. */
export function noise(seed: number): (i: number) => number {
  return (i) => {
    let x = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    return ((x ^ (x >>> 16)) >>> 0) / 2 ** 31 - 1;
  };
}

/** Opens blocks for `body` and closes them after it, checking their guards. */
export function guarded<T>(body: (open: (length: number, value?: (i: number) => number) => Guarded) => T): T {
  const blocks: Guarded[] = [];
  const result = body((length, value) => {
    const block = new Guarded(length, value);
    blocks.push(block);
    return block;
  });
  for (const block of blocks) block.close();
  return result;
}

/** Whether two arrays hold the same bits. */
export function sameBits(a: Float32Array, b: Float32Array): boolean {
  const [x, y] = [a, b].map(({ buffer, byteOffset, length }) => new Int32Array(buffer, byteOffset, length));
  return x.length === y.length && x.every((word, i) => word === y[i]);
}
