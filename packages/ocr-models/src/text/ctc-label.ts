import type { Dictionary } from "./dictionary.js";
import { classesOf, type Encoded, padded } from "./encoded.js";

export interface CtcLabel {
  /** Classes, padded with the blank (0); [maxTextLength]. */
  label: Int32Array;
  /** How many classes are not padding. */
  length: number;
  /** How often each class occurs in the padded label; [classes]. */
  labelAce: Int32Array;
}

/**
 * Encodes texts for a CTC head, after PaddleOCR's `CTCLabelEncode`: class 0 is the blank, the dictionary follows.
 * Characters are Unicode code points; those that the dictionary lacks are left out.
 */
export class CtcLabelEncoder {
  /** Number of classes, blank included. */
  readonly classes: number;
  readonly maxTextLength: number;
  private readonly encodeClasses: (text: string) => Encoded<number[]>;

  constructor(dictionary: Dictionary, maxTextLength: number) {
    this.classes = dictionary.characters.length + 1;
    this.maxTextLength = maxTextLength;
    this.encodeClasses = classesOf(dictionary, 1, maxTextLength);
  }

  encode(text: string): Encoded<CtcLabel> {
    const classes = this.encodeClasses(text);
    if (!classes.ok) return classes;
    const label = padded(classes.value, this.maxTextLength, 0);
    const labelAce = new Int32Array(this.classes);
    for (const c of label) labelAce[c]++;
    return { ok: true, value: { label, length: classes.value.length, labelAce } };
  }
}
