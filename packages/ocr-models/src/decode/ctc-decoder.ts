import type { Dictionary } from "../text/dictionary.js";
import { argmaxRows, type BatchShape, characterAt, checkCount, type Decoder, mean, type Reading } from "./reading.js";

/**
 * Greedy CTC decoding, after PaddleOCR's `CTCLabelDecode`: of equal neighbours the first counts, blanks (class 0) are
 * dropped. `reverse` restores the reading order of right-to-left scripts (the reference does it for dictionaries whose
 * path contains "arabic"): runs of Latin letters, digits and signs keep their order.
 */
export class CtcDecoder implements Decoder {
  readonly classes: number;
  private readonly characters: string[];
  private readonly reverse: boolean;

  constructor(dictionary: Dictionary, options: { reverse?: boolean } = {}) {
    this.characters = ["blank", ...dictionary.characters];
    this.classes = this.characters.length;
    this.reverse = options.reverse ?? false;
  }

  decode(indices: ArrayLike<number>, probabilities: ArrayLike<number>, shape: BatchShape): Reading[] {
    checkCount("CTC probabilities", probabilities.length, shape);
    return this.rows(indices, shape, (at, first) => at === first || indices[at] !== indices[at - 1], probabilities);
  }

  decodeProbabilities(data: Float32Array, shape: readonly [number, number, number]): Reading[] {
    checkCount("CTC probabilities", data.length, shape);
    const { indices, values } = argmaxRows(data, shape[2]);
    return this.decode(indices, values, [shape[0], shape[1]]);
  }

  decodeLabels(labels: ArrayLike<number>, shape: BatchShape): Reading[] {
    return this.rows(labels, shape, () => true);
  }

  private rows(
    indices: ArrayLike<number>,
    shape: BatchShape,
    counts: (at: number, first: number) => boolean,
    probabilities?: ArrayLike<number>,
  ): Reading[] {
    checkCount("CTC classes", indices.length, shape);
    const [batch, length] = shape;
    return Array.from({ length: batch }, (_, row): Reading => {
      const kept: number[] = [];
      for (let at = row * length; at < (row + 1) * length; at++) {
        if (indices[at] !== 0 && counts(at, row * length)) kept.push(at);
      }
      const text = kept.map((at) => characterAt("CTC decoding", this.characters, indices[at])).join("");
      const confidence =
        kept.length === 0 ? 0 : mean(kept.map((at) => (probabilities === undefined ? 1 : probabilities[at])));
      return { text: this.reverse ? reversed(text) : text, confidence };
    });
  }
}

function reversed(text: string): string {
  return (text.match(/[a-zA-Z0-9 :*./%+-]+|[^a-zA-Z0-9 :*./%+-]/gu) ?? []).reverse().join("");
}
