import type { Word } from "./words.js";

/** What a network read in one image. */
export interface Reading {
  text: string;
  /** Mean probability of the characters; 0 (CTC) or NaN (SAR, NRTR) where nothing was read, as in the reference. */
  confidence: number;
  /** Its words, where the decoder was asked where they stand. */
  words?: readonly Word[];
}

/** Batch and length of an array of classes, row-major. */
export type BatchShape = readonly [batch: number, length: number];

/** A decoder turns what a head gives into readings. */
export interface Decoder {
  /** Number of classes that a network with this decoder predicts. */
  readonly classes: number;
  /** Decodes probabilities (or logits: confidences are then meaningless) of shape [batch, length, classes]. */
  decodeProbabilities(data: Float32Array, shape: readonly [number, number, number]): Reading[];
  /** Turns encoded labels [batch, length] back into texts; their confidence is 1 (0 or NaN if empty). */
  decodeLabels(labels: ArrayLike<number>, shape: BatchShape): Reading[];
}

/**
 * The largest value of each row of `classes` values and its index. Of equal values the first wins; a NaN wins over
 * every number, as in NumPy.
 */
export function argmaxRows(data: Float32Array, classes: number): { indices: Int32Array; values: Float32Array } {
  const rows = classes === 0 ? 0 : data.length / classes;
  const indices = new Int32Array(rows);
  const values = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    let best = start;
    for (let i = start + 1; i < start + classes; i++) {
      if (data[i] > data[best] || (Number.isNaN(data[i]) && !Number.isNaN(data[best]))) best = i;
    }
    indices[row] = best - start;
    values[row] = data[best];
  }
  return { indices, values };
}

/** Throws an Error unless `count` values of `what` fit `shape`. */
export function checkCount(what: string, count: number, shape: readonly number[]): void {
  const expected = shape.reduce((product, size) => product * size, 1);
  if (count !== expected) throw new Error(`${what}: shape [${shape}] needs ${expected} values, got ${count}`);
}

/** The entry of class `index`; an Error for a class that the dictionary lacks. */
export function characterAt(what: string, characters: readonly string[], index: number): string {
  const character = characters[index];
  if (character === undefined) {
    throw new Error(`${what}: class ${index} is not among the ${characters.length} classes of the dictionary`);
  }
  return character;
}

/** Arithmetic mean; NaN of nothing. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
