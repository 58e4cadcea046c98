import type { Dictionary } from "../text/dictionary.js";
import { alignCtc } from "./ctc-alignment.js";
import { ctcBeamSearch } from "./ctc-beam-search.js";
import { CtcDecoder } from "./ctc-decoder.js";
import { type CtcReadingOptions, ctcReading } from "./ctc-reading.js";
import type { Lexicon } from "./lexicon.js";
import { type BatchShape, checkCount, type Decoder, type Reading } from "./reading.js";

/** How a beam decoder searches. */
export interface CtcBeamOptions extends CtcReadingOptions {
  /** How many beginnings of a text are kept at each step. */
  readonly width: number;
  /** Only these texts are read, or nothing. */
  readonly lexicon?: Lexicon;
}

/**
 * CTC decoding by prefix beam search: the text whose paths together are the most probable, where greedy decoding takes
 * that of the best single path. A reading's confidence is the mean probability of its characters where they begin on the
 * best path to it.
 */
export class CtcBeamDecoder implements Decoder {
  readonly classes: number;
  private readonly characters: readonly string[];
  private readonly options: CtcBeamOptions;
  private readonly greedy: CtcDecoder;

  /** @throws RangeError for a width that is no whole number from 1 on */
  constructor(dictionary: Dictionary, options: CtcBeamOptions) {
    if (!Number.isInteger(options.width) || options.width < 1) {
      throw new RangeError(`the width of a beam is a whole number from 1 on, found ${options.width}`);
    }
    this.characters = ["blank", ...dictionary.characters];
    this.classes = this.characters.length;
    this.options = options;
    this.greedy = new CtcDecoder(dictionary, options);
  }

  /** @throws RangeError for values that are no probabilities, such as logits */
  decodeProbabilities(data: Float32Array, shape: readonly [number, number, number]): Reading[] {
    checkCount("CTC probabilities", data.length, shape);
    const [batch, steps, classes] = shape;
    if (classes !== this.classes) {
      throw new RangeError(`CTC beam search: ${classes} classes, but the dictionary makes ${this.classes}`);
    }
    return Array.from({ length: batch }, (_, row) => {
      const probabilities = data.subarray(row * steps * classes, (row + 1) * steps * classes);
      const wrong = probabilities.find((value) => !(value >= 0 && value <= 1.001));
      if (wrong !== undefined) {
        throw new RangeError(`CTC beam search needs probabilities; sample ${row} of the batch has ${wrong}`);
      }
      return this.read(probabilities);
    });
  }

  decodeLabels(labels: ArrayLike<number>, shape: BatchShape): Reading[] {
    return this.greedy.decodeLabels(labels, shape);
  }

  private read(probabilities: Float32Array): Reading {
    const [best] = ctcBeamSearch(probabilities, this.classes, this.options);
    if (best === undefined) return ctcReading([], this.options);
    const text = best.classes;
    const steps = alignCtc(probabilities, this.classes, text);
    const found = text.map((c, i) => ({
      character: this.characters[c],
      step: steps[i],
      probability: probabilities[steps[i] * this.classes + c],
    }));
    return ctcReading(found, this.options);
  }
}
