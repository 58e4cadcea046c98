import type { Dictionary } from "./dictionary.js";
import { classesOf, type Encoded, padded, tooLong } from "./encoded.js";

/** A text as an NRTR head learns to write it. */
export interface NrtrLabel {
  /** Start, classes, end, padding; [maxTextLength]. */
  label: Int32Array;
  /** How many classes stand between start and end. */
  length: number;
}

/** The special classes of an NRTR head; the dictionary follows. */
export const nrtrClasses: {
  readonly padding: number;
  readonly unknown: number;
  readonly start: number;
  readonly end: number;
} = { padding: 0, unknown: 1, start: 2, end: 3 };

/** Names of the special classes, which the reference's decoder writes into texts. */
export const nrtrSpecials: readonly string[] = ["blank", "<unk>", "<s>", "</s>"];

/**
 * Encodes texts for an NRTR head, after PaddleOCR's `NRTRLabelEncode`: four special classes come first, then the
 * dictionary. At most maxTextLength - 2 classes fit between start and end.
 */
export class NrtrLabelEncoder {
  /** Number of classes, the special ones included; a network has one output more. */
  readonly classes: number;
  readonly maxTextLength: number;
  private readonly encodeClasses: (text: string) => Encoded<number[]>;

  constructor(dictionary: Dictionary, maxTextLength: number) {
    this.classes = dictionary.characters.length + nrtrSpecials.length;
    this.maxTextLength = maxTextLength;
    this.encodeClasses = classesOf(dictionary, nrtrSpecials.length, maxTextLength);
  }

  encode(text: string): Encoded<NrtrLabel> {
    const classes = this.encodeClasses(text);
    if (!classes.ok) return classes;
    const length = classes.value.length;
    if (length > this.maxTextLength - 2) return tooLong(length, this.maxTextLength - 2);
    const { start, end, padding } = nrtrClasses;
    return { ok: true, value: { label: padded([start, ...classes.value, end], this.maxTextLength, padding), length } };
  }
}
