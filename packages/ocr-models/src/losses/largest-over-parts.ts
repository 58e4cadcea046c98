import type { SumOverParts } from "@retort/autograd";
import * as T from "@retort/tensor";

/** The value that the largest elements reach down to, and which share of those equal to it is among them. */
interface Cut {
  readonly value: number;
  readonly share: number;
}

/**
 * Finds the `count`-th largest of numbers that are not negative, whose bytes are then in their order: the first byte of
 * the one that is sought by counting those of all, the next by counting those that begin as it does, and so on.
 */
function cutAt(numbers: Float64Array, count: number, overParts: SumOverParts): Cut {
  const bytes = new Uint8Array(numbers.buffer);
  const sought = new Uint8Array(8);
  let candidates = Array.from(numbers.keys());
  let left = count;
  let equal = 0;
  for (let byte = 7; byte >= 0; byte--) {
    const having = new Float64Array(256);
    for (const i of candidates) having[bytes[8 * i + byte]]++;
    overParts(having);
    let digit = 255;
    while (digit > 0 && having[digit] < left) left -= having[digit--];
    equal = having[digit];
    sought[byte] = digit;
    candidates = candidates.filter((i) => bytes[8 * i + byte] === digit);
  }
  return { value: new Float64Array(sought.buffer)[0], share: Math.min(1, left / equal) };
}

/**
 * 1 at the `count` largest elements of all parts of x that several processes hold, and 0 elsewhere, see `largest` of
 * @retort/tensor; no element may be negative. Processes do not know which of equal elements come first: where not all of
 * them are among the largest, each has the same share of 1, so that sums of what is chosen are the same.
 * Without `overParts` one process holds all.
 */
export function largestOverParts(x: T.Tensor, count: T.Tensor, overParts: SumOverParts | undefined): T.Tensor {
  if (overParts === undefined) return T.largest(x, count);
  const wanted = Math.floor(count.item());
  // -0, whose bytes are the largest, becomes 0.
  const numbers = Float64Array.from(x.dataSync(), (value) => value + 0);
  const cut = wanted > 0 ? cutAt(numbers, wanted, overParts) : { value: Number.POSITIVE_INFINITY, share: 0 };
  const marks = numbers.map((value) => (value > cut.value ? 1 : value === cut.value ? cut.share : 0));
  return T.tensor(x.dtype === "float64" ? marks : Float32Array.from(marks), x.shape);
}
