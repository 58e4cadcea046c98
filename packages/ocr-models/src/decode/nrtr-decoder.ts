import type { Dictionary } from "../text/dictionary.js";
import { nrtrClasses, nrtrSpecials } from "../text/nrtr-label.js";
import { argmaxRows, type BatchShape, characterAt, checkCount, type Decoder, mean, type Reading } from "./reading.js";

/**
 * Greedy NRTR decoding, after PaddleOCR's `NRTRLabelDecode`: the end class ends the text, and the output beyond the
 * dictionary, which stands for no class, is skipped. The other special classes are written by their names, as there.
 */
export class NrtrDecoder implements Decoder {
  readonly classes: number;
  private readonly characters: readonly string[];

  constructor(dictionary: Dictionary) {
    this.characters = [...nrtrSpecials, ...dictionary.characters];
    this.classes = this.characters.length + 1;
  }

  /** Decodes the best class and its probability at each position, both [batch, length]. */
  decode(indices: ArrayLike<number>, probabilities: ArrayLike<number>, shape: BatchShape): Reading[] {
    checkCount("NRTR probabilities", probabilities.length, shape);
    return this.rows(indices, shape, 0, probabilities);
  }

  decodeProbabilities(data: Float32Array, shape: readonly [number, number, number]): Reading[] {
    checkCount("NRTR probabilities", data.length, shape);
    const { indices, values } = argmaxRows(data, shape[2]);
    return this.decode(indices, values, [shape[0], shape[1]]);
  }

  decodeLabels(labels: ArrayLike<number>, shape: BatchShape): Reading[] {
    return this.rows(labels, shape, 1);
  }

  /** `first` is 1 where a start stands in front of every text. */
  private rows(
    indices: ArrayLike<number>,
    shape: BatchShape,
    first: number,
    probabilities?: ArrayLike<number>,
  ): Reading[] {
    checkCount("NRTR classes", indices.length, shape);
    const [batch, length] = shape;
    return Array.from({ length: batch }, (_, row): Reading => {
      const kept: number[] = [];
      for (let at = row * length + first; at < (row + 1) * length && indices[at] !== nrtrClasses.end; at++) {
        if (indices[at] !== this.characters.length) kept.push(at);
      }
      const text = kept.map((at) => characterAt("NRTR decoding", this.characters, indices[at])).join("");
      return { text, confidence: mean(kept.map((at) => (probabilities === undefined ? 1 : probabilities[at]))) };
    });
  }
}
