import type { Dictionary } from "./dictionary.js";

/** Why a text cannot be a training label. */
export type LabelProblem = "empty" | "too long" | "no known character";

/** The outcome of encoding a text: the label, or the reason why there is none. */
export type Encoded<T> = { ok: true; value: T } | { ok: false; reason: LabelProblem; detail: string };

/** The value of an accepted text; throws an Error with the reason for a rejected one. */
export function accepted<T>(encoded: Encoded<T>): T {
  if (!encoded.ok) throw new Error(`label rejected (${encoded.reason}): ${encoded.detail}`);
  return encoded.value;
}

/** Builds the function that turns a text into classes, the first dictionary character being class `first`. */
export function classesOf(
  dictionary: Dictionary,
  first: number,
  maxTextLength: number,
): (text: string) => Encoded<number[]> {
  if (!Number.isInteger(maxTextLength) || maxTextLength < 1) {
    throw new Error(`max_text_length is a positive integer, not ${maxTextLength}`);
  }
  const index = new Map(dictionary.characters.map((character, i) => [character, first + i]));
  return (text) => {
    const points = [...text];
    if (points.length === 0) return { ok: false, reason: "empty", detail: "the label has no characters" };
    if (points.length > maxTextLength) return tooLong(points.length, maxTextLength);
    const known = dictionary.lowerCase ? [...text.toLowerCase()] : points;
    const classes = known.map((point) => index.get(point)).filter((c) => c !== undefined);
    if (classes.length > 0) return { ok: true, value: classes };
    return { ok: false, reason: "no known character", detail: `the dictionary has no character of "${text}"` };
  };
}

/** The rejection of a text of `length` characters where at most `most` fit. */
export function tooLong(length: number, most: number): Encoded<never> {
  return { ok: false, reason: "too long", detail: `${length} characters, at most ${most} fit` };
}

/** `values` followed by `padding` up to `length`. */
export function padded(values: readonly number[], length: number, padding: number): Int32Array {
  const label = new Int32Array(length).fill(padding);
  label.set(values);
  return label;
}
