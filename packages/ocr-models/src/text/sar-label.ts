import type { Dictionary } from "./dictionary.js";
import { classesOf, type Encoded, padded, tooLong } from "./encoded.js";

export interface SarLabel {
  /** Start, classes, end, padding; [maxTextLength]. */
  label: Int32Array;
  /** How many classes stand between start and end. */
  length: number;
}

/** The special classes of a SAR head over a dictionary of `characters` characters; start and end are one class. */
export function sarClasses(characters: number): { unknown: number; startEnd: number; padding: number } {
  return { unknown: characters, startEnd: characters + 1, padding: characters + 2 };
}

/**
 * Encodes texts for a SAR head, after PaddleOCR's `SARLabelEncode`: the dictionary starts at class 0; `<UKN>`,
 * `<BOS/EOS>` and `<PAD>` follow. At most maxTextLength - 2 classes fit between start and end.
 */
export class SarLabelEncoder {
  /** Number of classes with padding; a network predicts all but the padding. */
  readonly classes: number;
  readonly maxTextLength: number;
  private readonly encodeClasses: (text: string) => Encoded<number[]>;

  constructor(dictionary: Dictionary, maxTextLength: number) {
    this.classes = dictionary.characters.length + 3;
    this.maxTextLength = maxTextLength;
    this.encodeClasses = classesOf(dictionary, 0, maxTextLength);
  }

  encode(text: string): Encoded<SarLabel> {
    const classes = this.encodeClasses(text);
    if (!classes.ok) return classes;
    const length = classes.value.length;
    if (length > this.maxTextLength - 2) return tooLong(length, this.maxTextLength - 2);
    const { startEnd, padding } = sarClasses(this.classes - 3);
    return {
      ok: true,
      value: { label: padded([startEnd, ...classes.value, startEnd], this.maxTextLength, padding), length },
    };
  }
}
