import { largestFirst } from "@retort/ocr-models";
import { float16Bits, float16Values } from "../weights/half-floats.js";

/** How outputs of a teacher are stored. */
export interface StoredForm {
  readonly precision: "float16" | "float32";
  /**
   * Of logits only the so many most probable classes of each position, as log-probabilities, and what is left to each
   * other class. Probabilities are the same then, but for those of the others, which are alike; logits are not.
   */
  readonly topK?: number;
}

/** Classes of top-k are stored in 16 bits. */
const mostClasses = 2 ** 16;

const bytesOf = (form: StoredForm): number => (form.precision === "float16" ? 2 : 4);

/** Positions, classes, and how many of these are stored. */
function counts(shape: readonly number[], topK: number): { positions: number; classes: number; k: number } {
  const classes = shape[shape.length - 1];
  const positions = shape.slice(0, -1).reduce((a, b) => a * b, 1);
  return { positions, classes, k: Math.min(topK, classes) };
}

/** How many bytes one sample's feature of a shape takes. */
export function storedSize(shape: readonly number[], form: StoredForm): number {
  if (form.topK === undefined) return bytesOf(form) * shape.reduce((a, b) => a * b, 1);
  const { positions, k } = counts(shape, form.topK);
  return positions * (2 * k + bytesOf(form) * (k + 1));
}

/**
 * One sample's feature as it is stored: `values` of `shape`, the last dimension being classes where `topK` is given.
 * @throws RangeError for values that are not finite or, in half precision, above 65,504 @throws RangeError for top-k of
 *   more than 65,536 classes
 */
export function encodeFeature(values: Float32Array, shape: readonly number[], form: StoredForm): Uint8Array {
  if (form.topK === undefined) return numbersToBytes(values, form);
  const { positions, classes, k } = counts(shape, form.topK);
  if (classes > mostClasses) throw new RangeError(`top-k is for at most ${mostClasses} classes, found ${classes}`);
  const chosen = new Uint16Array(positions * k);
  const kept = new Float32Array(positions * (k + 1));
  for (let p = 0; p < positions; p++) {
    const { best, logs, other } = mostProbable(values.subarray(p * classes, (p + 1) * classes), k);
    chosen.set(best, p * k);
    kept.set(logs, p * (k + 1));
    kept[p * (k + 1) + k] = other;
  }
  const numbers = numbersToBytes(kept, form);
  const bytes = new Uint8Array(chosen.byteLength + numbers.byteLength);
  bytes.set(new Uint8Array(chosen.buffer));
  bytes.set(numbers, chosen.byteLength);
  return bytes;
}

/** What `encodeFeature` has stored; of top-k, log-probabilities in the place of logits. */
export function decodeFeature(bytes: Uint8Array, shape: readonly number[], form: StoredForm): Float32Array {
  if (form.topK === undefined) return numbersOfBytes(bytes, form);
  const { positions, classes, k } = counts(shape, form.topK);
  const chosen = new Uint16Array(bytes.slice(0, 2 * positions * k).buffer);
  const kept = numbersOfBytes(bytes.subarray(chosen.byteLength), form);
  const values = new Float32Array(positions * classes);
  for (let p = 0; p < positions; p++) {
    const first = p * (k + 1);
    values.fill(kept[first + k], p * classes, (p + 1) * classes);
    for (let i = 0; i < k; i++) values[p * classes + chosen[p * k + i]] = kept[first + i];
  }
  return values;
}

/** The `k` largest of some logits, of equal ones the earlier; their log-probabilities, and that of each other class. */
function mostProbable(logits: Float32Array, k: number): { best: number[]; logs: number[]; other: number } {
  const order = largestFirst(logits, k);
  const largest = logits[order[0]];
  const inBest = new Set(order);
  let [best, rest] = [0, 0];
  for (let c = 0; c < logits.length; c++) {
    if (inBest.has(c)) best += Math.exp(logits[c] - largest);
    else rest += Math.exp(logits[c] - largest);
  }
  const total = Math.log(best + rest);
  const others = logits.length - k;
  // Where the others' share is too small for a float64, exp of what is stored is 0 too.
  const other = others === 0 ? 0 : Math.max(-1e4, Math.log(rest / others) - total);
  return { best: order, logs: order.map((c) => logits[c] - largest - total), other };
}

function numbersToBytes(values: Float32Array, { precision }: StoredForm): Uint8Array {
  const wrong = values.find(
    (value) => !Number.isFinite(value) || (precision === "float16" && Math.abs(value) >= 65520),
  );
  if (wrong !== undefined) {
    const advice = Number.isFinite(wrong) ? "; teacher_cache_precision: float32 holds it" : "";
    throw new RangeError(`${wrong} cannot be stored as ${precision}${advice}`);
  }
  const stored = precision === "float16" ? float16Bits(values) : values.slice();
  return new Uint8Array(stored.buffer);
}

/** Copies first: bytes from a file may begin anywhere. */
function numbersOfBytes(bytes: Uint8Array, { precision }: StoredForm): Float32Array {
  const { buffer } = bytes.slice();
  return precision === "float16" ? float16Values(new Uint16Array(buffer)) : new Float32Array(buffer);
}
