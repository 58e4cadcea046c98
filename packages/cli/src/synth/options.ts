import { charactersOf } from "./alphabets.js";
import { builtInFonts, type Font, loadFonts, missingFrom } from "./fonts.js";
import type { SceneRange } from "./scene-style.js";
import { type Effect, effects, type StyleRange } from "./style.js";
import { fromAlphabet, fromCorpus, fromWords, type LengthRange, type TextSource } from "./texts.js";

/** What labels say of a picture: its one text, or where its texts are. */
export const tasks = ["rec", "det"] as const;

/** One of `tasks`. */
export type Task = (typeof tasks)[number];

/** What to draw, and how. Exactly one of `alphabet`, `words` and `corpus` is given. */
export interface SynthOptions {
  /** Default "rec". */
  readonly task?: Task;
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
  /** How many images for validation; lines have texts that do not occur in training. Default 0. */
  readonly val?: number;
  /** Texts that must not be drawn. */
  readonly exclude?: readonly string[];
  /** Font files or folders; default the fonts of the package. */
  readonly fonts?: readonly string[];
  /** Least and greatest height in pixels: of an image, default 28 to 64, or of a text in a picture, default 14 to 48. */
  readonly height?: readonly [min: number, max: number];
  /** Least and greatest width and height of a picture with several texts. Default 480 to 960 pixels. */
  readonly page?: readonly [min: number, max: number];
  /** Least and greatest number of texts in a picture; there are fewer where there is no room. Default 4 to 16. */
  readonly lines?: readonly [min: number, max: number];
  /** Greatest angle of a text in a picture, in degrees. Default 30. */
  readonly angle?: number;
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
  /** Of pictures with several texts. */
  readonly scene?: SceneRange;
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
    height: checkHeight(options.height ?? (options.task === "det" ? [14, 48] : [28, 64])),
    effects: checkEffects(options.effects ?? effects),
    strength: checkStrength(options.strength ?? 1),
  };
  return {
    source,
    style,
    scene: planScene(options),
    count: checkCount("count", options.count, 1),
    val: checkCount("val", options.val ?? 0, 0),
    seed: checkCount("seed", options.seed ?? 0, 0),
    exclude: new Set(options.exclude),
    dropped,
  };
}

const onlyScenes = ["page", "lines", "angle"] as const;

/** Options that would have no effect are an error. */
function planScene(options: SynthOptions): SceneRange | undefined {
  const { task = "rec", page = [480, 960], lines = [4, 16], angle = 30 } = options;
  if (!tasks.includes(task)) throw new Error(`unknown task "${task}": expected ${tasks.join(" or ")}`);
  const given = onlyScenes.filter((name) => options[name] !== undefined);
  if (task === "rec") {
    if (given.length === 0) return undefined;
    throw new Error(`${given.join(" and ")}: only pictures with several texts (task det) have that`);
  }
  if (!(angle >= 0 && angle <= 180)) throw new Error(`angle must be from 0 to 180 degrees, found ${angle}`);
  return {
    side: checkRange("width and height of a picture", page, 64, 4096),
    lines: checkRange("the number of texts", lines, 1, 1000),
    angle: (angle * Math.PI) / 180,
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

function checkHeight(height: readonly [number, number]): readonly [number, number] {
  return checkRange("image height", height, 12, 1024);
}

function checkRange(
  name: string,
  [min, max]: readonly [number, number],
  least: number,
  greatest: number,
): readonly [number, number] {
  if (Number.isInteger(min) && Number.isInteger(max) && min >= least && max <= greatest && min <= max)
    return [min, max];
  throw new Error(`${name} must be whole numbers from ${least} to ${greatest}, least first, found ${min} to ${max}`);
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
