/**
 * Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
 * 1, 2, 3" (2011). A pure function: four counter words and two key words give four random words.
 */
export type Words4 = [number, number, number, number];
export type Words2 = [number, number];

/** Writes the four random uint32 words of `counter` under `key` to `out`. */
export function philox(counter: ArrayLike<number>, key: ArrayLike<number>, out: Uint32Array | number[]): void {
  let [c0, c1, c2, c3] = [counter[0], counter[1], counter[2], counter[3]];
  let k0 = key[0] | 0;
  let k1 = key[1] | 0;
  for (let round = 0; round < 10; round++) {
    const high0 = highWord(0xd251, 0x1f53, c0);
    const high1 = highWord(0xcd9e, 0x8d57, c2);
    const low0 = Math.imul(0xd2511f53, c0);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[0] = c0 >>> 0;
  out[1] = c1 >>> 0;
  out[2] = c2 >>> 0;
  out[3] = c3 >>> 0;
}

/** The upper 32 bits of the 64-bit product of (`high` * 2^16 + `low`) and the uint32 `x`. */
function highWord(high: number, low: number, x: number): number {
  const xHigh = x >>> 16;
  const xLow = x & 0xffff;
  const middle = high * xLow + ((low * xLow) >>> 16);
  const middleLow = (middle & 0xffff) + low * xHigh;
  return (high * xHigh + Math.floor(middle / 0x10000) + Math.floor(middleLow / 0x10000)) | 0;
}
