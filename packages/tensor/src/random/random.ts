import { philox, type Words2, type Words4 } from "./philox.js";

/** Where a generator stands; plain JSON. */
export interface RandomState {
  /** The Philox key, made from the seed and the keys of the splits. */
  key: Words2;
  /** How many 32-bit words have been drawn; at most 2^53. */
  drawn: number;
}

/**
 * Counter-based random numbers (Philox4x32-10) with an explicit seed. Two generators of the same seed give the same
 * numbers on every machine. `split` derives an independent generator from keys without drawing, so that work can be
 * dealt out in any order and by any number of workers with the same result.
 */
export class Random {
  private readonly key: Words2;
  private drawn: number;
  private readonly block: Uint32Array = new Uint32Array(4);
  private blockIndex = -1;

  /** `seed` is a non-negative safe integer, or a saved state. */
  constructor(seed: number | RandomState) {
    if (typeof seed === "number") {
      if (!Number.isSafeInteger(seed) || seed < 0) {
        throw new Error(`Random: a seed is a non-negative integer below 2^53, not ${seed}`);
      }
      this.key = [seed >>> 0, Math.floor(seed / 2 ** 32)];
      this.drawn = 0;
      return;
    }
    const words = [...seed.key];
    if (words.length !== 2 || words.some((word) => word !== word >>> 0) || !Number.isSafeInteger(seed.drawn)) {
      throw new Error(`Random: ${JSON.stringify(seed)} is not a saved state`);
    }
    this.key = [words[0], words[1]];
    this.drawn = seed.drawn;
  }

  /** The state from which a new generator continues exactly where this one stands. */
  get state(): RandomState {
    return { key: [...this.key], drawn: this.drawn };
  }

  /** The next 32 random bits, as an unsigned integer. */
  uint32(): number {
    const index = Math.floor(this.drawn / 4);
    if (index !== this.blockIndex) {
      philox(counterOf(index), this.key, this.block);
      this.blockIndex = index;
    }
    return this.block[this.drawn++ % 4];
  }

  /** A number in [0, 1) with 53 random bits. */
  uniform(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** An integer in [0, n), every one equally likely; `n` is an integer from 1 to 2^32. */
  integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) throw new Error(`Random.integer: n is from 1 to 2^32, not ${n}`);
    const limit = 2 ** 32 - (2 ** 32 % n);
    let word = this.uint32();
    while (word >= limit) word = this.uint32();
    return word % n;
  }

  /** Two words: the key of a kernel that draws numbers itself. */
  words(): Words2 {
    return [this.uint32(), this.uint32()];
  }

  /** A standard normal number (Box and Muller, 1958; the second of each pair is not kept). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Shuffles `array` in place (Fisher and Yates) and returns it. */
  shuffle<T>(array: T[]): T[] {
    for (let i = array.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [array[i], array[j]] = [array[j], array[i]];
    }
    return array;
  }

  /** A generator of its own for `keys` (an epoch, an index, a name); this one is not advanced. */
  split(...keys: (string | number)[]): Random {
    const out: Words4 = [0, 0, 0, 0];
    let key = this.key;
    for (const part of keys) {
      philox(splitCounter(part), key, out);
      key = [out[0], out[1]];
    }
    return new Random({ key, drawn: 0 });
  }

  /**
   * Fills `out` with float32 numbers in [0, 1), one 32-bit word each: element i is the word `offset + i` of this
   * generator's stream. It neither reads nor moves the position, so that parts can be filled in any order.
   */
  fillUniform(out: Float32Array, offset = 0): void {
    const block = new Uint32Array(4);
    let index = -1;
    for (let i = 0; i < out.length; i++) {
      const word = offset + i;
      const wanted = Math.floor(word / 4);
      if (wanted !== index) {
        philox(counterOf(wanted), this.key, block);
        index = wanted;
      }
      out[i] = (block[word % 4] >>> 8) / 2 ** 24;
    }
  }
}

/** Counters of drawn numbers have 0 in the last word, those of splits do not. */
function counterOf(block: number): Words4 {
  return [block >>> 0, Math.floor(block / 2 ** 32), 0, 0];
}

function splitCounter(part: string | number): Words4 {
  if (typeof part === "number") {
    if (!Number.isSafeInteger(part) || part < 0) {
      throw new Error(`Random.split: a key is a string or a non-negative integer, not ${part}`);
    }
    return [part >>> 0, Math.floor(part / 2 ** 32), 0, 1];
  }
  return [hash(part, 0x811c9dc5), hash(part, 0x9747b28c), part.length, 2];
}

/** FNV-1a over UTF-16 code units, finished with the mixing step of MurmurHash3. */
function hash(text: string, start: number): number {
  let h = start;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
