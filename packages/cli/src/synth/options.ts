import { charactersOf } from "./alphabets.js";
import { builtInFonts, type Font, loadFonts, missingFrom } from "./fonts.js";
import { type Effect, effects, type StyleRange } from "./style.js";
import { fromAlphabet, fromCorpus, fromWords, type LengthRange, type TextSource } from "./texts.js";

/** What to draw, and how. Exactly one of `alphabet`, `words` and `corpus` is given. */
export interface SynthOptions {
  /** Characters of random texts. */
  readonly alphabet?: string;
  /** Words, one a text. */
  readonly words?: readonly string[];
  /** Lines of running text, from which pieces are taken. */
  readonly corpus?: readonly string[];
  /** Least and greatest number of characters. Default 3 to 5 for an alphabet, 1 to 25 otherwise. */
  readonly length?: LengthRange;
  /** How many images for training. */
  readonly count: number;
  /** How many images for validation, with texts that do not occur in training. Default 0. */
  readonly val?: number;
  /** Texts that must not be drawn. */
  readonly exclude?: readonly string[];
  /** Font files or folders; default the fonts of the package. */
  readonly fonts?: readonly string[];
  /** Least and greatest image height in pixels. Default 28 to 64. */
  readonly height?: readonly [min: number, max: number];
  /** What may vary; default everything. */
  readonly effects?: readonly Effect[];
  /** Factor on the size of every effect. Default 1. */
  readonly strength?: number;
  /** Equal seeds give equal texts and equal pixels. Default 0. */
  readonly seed?: number;
  /** Leave out characters (and words and corpus lines with characters) that no font can draw. Default false: an error. */
  readonly dropMissing?: boolean;
}

/** Checked options. */
export interface Plan {
  readonly source: TextSource;
  readonly style: StyleRange;
  readonly count: number;
  readonly val: number;
  readonly seed: number;
  readonly exclude: ReadonlySet<string>;
  /** What was left out because no font has it: characters of an alphabet, words, or corpus lines. */
  readonly dropped: readonly string[];
}

/**
 * Checks options and loads the fonts.
 *
 * @throws Error naming the option that cannot be used, or the characters that no font has.
 */
export function planSynth(options: SynthOptions): Plan {
  const fonts = options.fonts ? loadFonts(options.fonts) : builtInFonts();
  const { source, dropped } = buildSource(options, fonts);
  const style = {
    fonts,
    height: checkHeight(options.height ?? [28, 64]),
    effects: checkEffects(options.effects ?? effects),
    strength: checkStrength(options.strength ?? 1),
  };
  return {
    source,
    style,
    count: checkCount("count", options.count, 1),
    val: checkCount("val", options.val ?? 0, 0),
    seed: checkCount("seed", options.seed ?? 0, 0),
    exclude: new Set(options.exclude),
    dropped,
  };
}

function buildSource(options: SynthOptions, fonts: readonly Font[]): { source: TextSource; dropped: string[] } {
  const { alphabet, words, corpus } = options;
  const given = [alphabet, words, corpus].filter((value) => value !== undefined).length;
  if (given !== 1) throw new Error(`give exactly one of alphabet, words and corpus (found ${given})`);
  if (alphabet !== undefined) {
    const { kept, dropped } = drawable(charactersOf(alphabet), fonts, options.dropMissing);
    return { source: byOneFont(fromAlphabet(kept, options.length ?? [3, 5]), fonts), dropped };
  }
  const { kept, dropped } = drawable(checkTexts((words ?? corpus)!), fonts, options.dropMissing);
  const length = options.length ?? [1, 25];
  return { source: words ? fromWords(kept, length) : fromCorpus(kept, length), dropped };
}

function checkTexts(texts: readonly string[]): string[] {
  const kept = texts.map((text) => text.replaceAll("\t", " ").trim()).filter((text) => text !== "");
  if (kept.length === 0) throw new Error("the list of words or lines is empty");
  return kept;
}

/** Splits texts into those that some font can draw whole and the others, which are an error unless dropped. */
function drawable(
  texts: readonly string[],
  fonts: readonly Font[],
  drop = false,
): { kept: string[]; dropped: string[] } {
  const kept = texts.filter((text) => fonts.some((font) => missingFrom(font, text).length === 0));
  const whole = new Set(kept);
  const dropped = texts.filter((text) => !whole.has(text));
  if (dropped.length > 0 && !drop) throw new Error(missingMessage(dropped, fonts));
  if (kept.length === 0) throw new Error(`nothing is left that a font can draw. ${missingMessage(dropped, fonts)}`);
  return { kept, dropped };
}

/** Draws again when the characters of a text are spread over several fonts. */
function byOneFont(source: TextSource, fonts: readonly Font[]): TextSource {
  const draw: TextSource["draw"] = (random) => {
    for (let attempt = 0; attempt < 1000; attempt++) {
      const text = source.draw(random);
      if (fonts.some((font) => missingFrom(font, text).length === 0)) return text;
    }
    throw new Error("the alphabet's characters are spread over fonts so that no font can draw a whole text");
  };
  return { characters: source.characters, draw };
}

function missingMessage(texts: readonly string[], fonts: readonly Font[]): string {
  const missing = fonts
    .map((font) => missingFrom(font, texts.join("")))
    .reduce((best, next) => (next.length < best.length ? next : best));
  const shown = missing.slice(0, 40).map((character) => `"${character}"`);
  const more = missing.length > shown.length ? ` and ${missing.length - shown.length} more` : "";
  const names = fonts.map((font) => font.name).join(", ");
  return (
    `no font has glyphs for all of the text: ${shown.join(" ")}${more} missing from the best of ${names}. ` +
    "Name a font that has them (--fonts), or leave them out (--drop-missing)"
  );
}

function checkCount(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`${name} must be a whole number from ${least}, found ${value}`);
}

function checkHeight([min, max]: readonly [number, number]): readonly [number, number] {
  if (Number.isInteger(min) && Number.isInteger(max) && min >= 12 && max <= 1024 && min <= max) return [min, max];
  throw new Error(`image height must be whole numbers from 12 to 1024, least first, found ${min} to ${max}`);
}

function checkStrength(value: number): number {
  if (value >= 0 && value <= 3) return value;
  throw new Error(`strength must be from 0 to 3, found ${value}`);
}

function checkEffects(names: readonly Effect[]): ReadonlySet<Effect> {
  for (const name of names) {
    if (!effects.includes(name)) throw new Error(`unknown effect "${name}": expected some of ${effects.join(", ")}`);
  }
  return new Set(names);
}
