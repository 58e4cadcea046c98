import type { Dictionary } from "../text/dictionary.js";
import { type CtcReadingOptions, ctcReading, type FoundCharacter } from "./ctc-reading.js";
import { argmaxRows, type BatchShape, characterAt, checkCount, type Decoder, type Reading } from "./reading.js";

/**
 * Greedy CTC decoding, after PaddleOCR's `CTCLabelDecode`: of equal neighbours the first counts, blanks (class 0) are
 * dropped.
 */
export class CtcDecoder implements Decoder {
  readonly classes: number;
  private readonly characters: string[];
  private readonly options: CtcReadingOptions;

  constructor(dictionary: Dictionary, options: CtcReadingOptions = {}) {
    this.characters = ["blank", ...dictionary.characters];
    this.classes = this.characters.length;
    this.options = options;
  }

  /** Decodes the best class and its probability at each position, both [batch, length]. */
  decode(indices: ArrayLike<number>, probabilities: ArrayLike<number>, shape: BatchShape): Reading[] {
    checkCount("CTC probabilities", probabilities.length, shape);
    const counts = (at: number, first: number): boolean => at === first || indices[at] !== indices[at - 1];
    return this.rows(indices, shape, counts, probabilities).map((found) => ctcReading(found, this.options));
  }

  decodeProbabilities(data: Float32Array, shape: readonly [number, number, number]): Reading[] {
    checkCount("CTC probabilities", data.length, shape);
    const { indices, values } = argmaxRows(data, shape[2]);
    return this.decode(indices, values, [shape[0], shape[1]]);
  }

  decodeLabels(labels: ArrayLike<number>, shape: BatchShape): Reading[] {
    const { reverse } = this.options;
    return this.rows(labels, shape, () => true).map((found) => ctcReading(found, { reverse }));
  }

  private rows(
    indices: ArrayLike<number>,
    shape: BatchShape,
    counts: (at: number, first: number) => boolean,
    probabilities?: ArrayLike<number>,
  ): FoundCharacter[][] {
    checkCount("CTC classes", indices.length, shape);
    const [batch, length] = shape;
    return Array.from({ length: batch }, (_, row) => {
      const first = row * length;
      const found: FoundCharacter[] = [];
      for (let at = first; at < first + length; at++) {
        if (indices[at] === 0 || !counts(at, first)) continue;
        const character = characterAt("CTC decoding", this.characters, indices[at]);
        found.push({ character, step: at - first, probability: probabilities === undefined ? 1 : probabilities[at] });
      }
      return found;
    });
  }
}
