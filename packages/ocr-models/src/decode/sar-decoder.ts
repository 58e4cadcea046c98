import type { Dictionary } from "../text/dictionary.js";
import { sarClasses } from "../text/sar-label.js";
import { argmaxRows, type BatchShape, characterAt, checkCount, type Decoder, mean, type Reading } from "./reading.js";

/**
 * Greedy SAR decoding, after PaddleOCR's `SARLabelDecode`: padding is skipped, the end class ends the text (in labels
 * the start class, which is the same one, is skipped at the first position).
 */
export class SarDecoder implements Decoder {
  readonly classes: number;
  private readonly characters: string[];
  private readonly startEnd: number;
  private readonly padding: number;

  constructor(dictionary: Dictionary) {
    const { startEnd, padding } = sarClasses(dictionary.characters.length);
    this.characters = [...dictionary.characters, "<UKN>", "<BOS/EOS>", "<PAD>"];
    this.classes = padding;
    this.startEnd = startEnd;
    this.padding = padding;
  }

  /** Decodes the best class and its probability at each position, both [batch, length]. */
  decode(indices: ArrayLike<number>, probabilities: ArrayLike<number>, shape: BatchShape): Reading[] {
    checkCount("SAR probabilities", probabilities.length, shape);
    return this.rows(indices, shape, probabilities);
  }

  decodeProbabilities(data: Float32Array, shape: readonly [number, number, number]): Reading[] {
    checkCount("SAR probabilities", data.length, shape);
    const { indices, values } = argmaxRows(data, shape[2]);
    return this.decode(indices, values, [shape[0], shape[1]]);
  }

  decodeLabels(labels: ArrayLike<number>, shape: BatchShape): Reading[] {
    return this.rows(labels, shape);
  }

  private rows(indices: ArrayLike<number>, shape: BatchShape, probabilities?: ArrayLike<number>): Reading[] {
    checkCount("SAR classes", indices.length, shape);
    const [batch, length] = shape;
    return Array.from({ length: batch }, (_, row): Reading => {
      const first = row * length;
      const kept: number[] = [];
      for (let at = first; at < first + length; at++) {
        if (indices[at] === this.padding) continue;
        if (indices[at] !== this.startEnd) kept.push(at);
        else if (probabilities !== undefined || at > first) break;
      }
      const text = kept.map((at) => characterAt("SAR decoding", this.characters, indices[at])).join("");
      return { text, confidence: mean(kept.map((at) => (probabilities === undefined ? 1 : probabilities[at]))) };
    });
  }
}
