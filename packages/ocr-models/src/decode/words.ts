/** A word of a reading, and where it stands. */
export interface Word {
  readonly text: string;
  /** Chinese characters in a row, or Latin letters and digits in a row. */
  readonly kind: "cn" | "en&num";
  /** The time step at which each of its characters begins. */
  readonly steps: readonly number[];
}

/** A word with the part of the image that it takes, from 0 (left edge) to 1 (right edge). */
export interface PlacedWord extends Word {
  readonly left: number;
  readonly right: number;
}

type Kind = Word["kind"] | "between";

const digit = /[0-9]/;

/** What the character at `index` belongs to; a point before a digit, and a hyphen, belong to the word that they are in. */
function kindOf(characters: readonly string[], index: number, before: Kind | undefined): Kind {
  const character = characters[index];
  if (character >= "\u4e00" && character <= "\u9fff") return "cn";
  if (/[a-zA-Z0-9]/.test(character)) return "en&num";
  if (before !== "en&num") return "between";
  const joins = character === "-" || (character === "." && digit.test(characters[index + 1] ?? ""));
  return joins ? "en&num" : "between";
}

/**
 * The words of a text, given as characters and the time step of each, after PaddleOCR's `get_word_info`: runs of Chinese
 * characters, and runs of Latin letters and digits with the points of numbers and the hyphens of compounds in them. All
 * other characters stand between words.
 */
export function wordsOf(characters: readonly string[], steps: readonly number[]): Word[] {
  const words: { text: string; kind: Word["kind"]; steps: number[] }[] = [];
  let before: Kind | undefined;
  for (const [i, character] of characters.entries()) {
    const kind = kindOf(characters, i, before);
    if (kind !== "between") {
      if (kind !== before) words.push({ text: "", kind, steps: [] });
      const word = words[words.length - 1];
      word.text += character;
      word.steps.push(steps[i]);
    }
    before = kind;
  }
  return words;
}

/**
 * Where words stand in an image that takes `columns` time steps, padding not counted: each step is as wide as the others,
 * and a word reaches from the beginning of its first to the end of its last (PaddleOCR's `cal_ocr_word_box`).
 */
export function placeWords(words: readonly Word[], columns: number): PlacedWord[] {
  const share = (step: number): number => Math.min(1, step / columns);
  return words.map((word) => ({
    ...word,
    left: share(word.steps[0]),
    right: share(word.steps[word.steps.length - 1] + 1),
  }));
}
