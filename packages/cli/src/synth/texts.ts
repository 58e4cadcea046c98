import type { Random } from "@retort/tensor";

/** Shortest and longest text, in characters (code points), both included. */
export type LengthRange = readonly [min: number, max: number];

/** Something that texts are drawn from. */
export interface TextSource {
  /** Every character that a text may hold. */
  readonly characters: readonly string[];
  /** One text. */
  draw(random: Random): string;
}

const pick = <T>(from: readonly T[], random: Random): T => from[random.integer(from.length)];
const between = ([min, max]: LengthRange, random: Random): number => min + random.integer(max - min + 1);

/**
 * Random characters of an alphabet, each length equally likely. A space never stands first, last or twice in a row,
 * since no image could show it.
 */
export function fromAlphabet(characters: readonly string[], length: LengthRange): TextSource {
  checkLength(length);
  const visible = characters.filter((character) => character !== " ");
  if (visible.length === 0) throw new Error("the alphabet has no visible character");
  const draw = (random: Random): string => {
    const count = between(length, random);
    const text: string[] = [];
    for (let i = 0; i < count; i++) {
      const inside = i > 0 && i < count - 1 && text[i - 1] !== " ";
      text.push(pick(inside ? characters : visible, random));
    }
    return text.join("");
  };
  return { characters, draw };
}

/**
 * Words of a list, one a text; words outside the length range are left out.
 *
 * @throws Error when no word is left.
 */
export function fromWords(words: readonly string[], length: LengthRange): TextSource {
  checkLength(length);
  const [min, max] = length;
  const fitting = [...new Set(words.map((word) => word.trim()))].filter((word) => {
    const count = [...word].length;
    return count >= min && count <= max;
  });
  if (fitting.length === 0) throw new Error(`none of ${words.length} words has ${min} to ${max} characters`);
  return { characters: distinct(fitting), draw: (random) => pick(fitting, random) };
}

/**
 * Pieces of running text: a random line, and of it a random stretch of the drawn length. White space at the ends is
 * cut off and inside a piece becomes one space, so a piece may be shorter than drawn but never shorter than the least
 * length.
 *
 * @throws Error when no line is long enough or no piece without outer spaces can be found.
 */
export function fromCorpus(lines: readonly string[], length: LengthRange): TextSource {
  checkLength(length);
  const [min] = length;
  const usable = lines.map((line) => [...line.trim().replace(/\s+/g, " ")]).filter((line) => line.length >= min);
  if (usable.length === 0) throw new Error(`none of ${lines.length} corpus lines has ${min} characters or more`);
  const draw = (random: Random): string => {
    for (let attempt = 0; attempt < 100; attempt++) {
      const line = pick(usable, random);
      const count = Math.min(between(length, random), line.length);
      const start = random.integer(line.length - count + 1);
      const piece = line
        .slice(start, start + count)
        .join("")
        .trim();
      if ([...piece].length >= min) return piece;
    }
    throw new Error(`the corpus has no pieces of ${min} characters that neither start nor end with a space`);
  };
  return { characters: distinct(usable.map((line) => line.join(""))), draw };
}

/** How many texts to draw for each part, and those that must not be drawn. */
export interface SplitOptions {
  readonly train: number;
  readonly val: number;
  readonly exclude: ReadonlySet<string>;
}

/**
 * Draws texts for training and validation: those for validation are distinct, and none of them occurs in training
 * (training texts may repeat). Excluded texts occur in neither.
 *
 * @throws Error when the source runs out of texts.
 */
export function splitTexts(
  source: TextSource,
  options: SplitOptions,
  random: Random,
): { train: string[]; val: string[] } {
  const held = new Set(options.exclude);
  const val: string[] = [];
  while (val.length < options.val) {
    const text = drawOutside(source, held, random, `${options.val} distinct validation texts (found ${val.length})`);
    held.add(text);
    val.push(text);
  }
  const train = Array.from({ length: options.train }, () => drawOutside(source, held, random, "training texts"));
  return { train, val };
}

const ATTEMPTS = 10_000;

/** Draws a text that is not held out. @throws Error naming what is `wanted` when the source gives no other */
export function drawOutside(source: TextSource, held: ReadonlySet<string>, random: Random, wanted: string): string {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const text = source.draw(random);
    if (!held.has(text)) return text;
  }
  throw new Error(
    `too few different texts for ${wanted}: ${ATTEMPTS} draws gave only texts that are held out or excluded. ` +
      "Allow longer texts, more characters or words, or hold out fewer",
  );
}

function checkLength([min, max]: LengthRange): void {
  if (!Number.isInteger(min) || !Number.isInteger(max) || min < 1) {
    throw new Error(`text length must be whole numbers from 1, found ${min} to ${max}`);
  }
  if (min > max) throw new Error(`the least text length ${min} is above the greatest, ${max}`);
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts.join(""))].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
}
