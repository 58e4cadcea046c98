import { philox } from "../../random/philox.js";

/** Which random numbers a kernel draws: a Philox key of two words, and the number of the call. */
export interface RandomSource {
  readonly key: readonly [number, number];
  /** A non-negative safe integer. Another one gives independent numbers. */
  readonly counter: number;
}

// Element i of a call reads word i % 4 of the block (floor(i / 4), counter low, counter high, 3): a pure function, so the
// split over threads does not matter. The 3 keeps these blocks apart from those of `Random`.

/** Calls `visit(i, word)` for `count` elements with their uint32 words. */
export function forEachWord(
  { key, counter }: RandomSource,
  count: number,
  visit: (i: number, word: number) => void,
): void {
  const block = new Uint32Array(4);
  const position = [0, counter >>> 0, Math.floor(counter / 2 ** 32), 3];
  for (let i = 0; i < count; i++) {
    if (i % 4 === 0) {
      position[0] = i / 4;
      philox(position, key, block);
    }
    visit(i, block[i % 4]);
  }
}

/** @throws RangeError */
export function checkSource({ key, counter }: RandomSource): void {
  if (!Number.isSafeInteger(counter) || counter < 0) {
    throw new RangeError(`a random counter is a non-negative safe integer, found ${counter}`);
  }
  if (key.length !== 2 || key.some((word) => word !== word >>> 0)) {
    throw new RangeError(`a random key is two unsigned 32-bit integers, found ${key.join(", ")}`);
  }
}
