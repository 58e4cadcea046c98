import { readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join, resolve } from "node:path";
import { GlobalFonts } from "@napi-rs/canvas";
import { coverage } from "./cmap.js";

/** A font that can be drawn with. */
export interface Font {
  /** The file's name without its extension, for reports. */
  readonly name: string;
  /** The family name that it is registered under with the canvas. */
  readonly family: string;
  /** The code points that it has glyphs for. */
  readonly points: ReadonlySet<number>;
}

const FAMILIES = ["lato", "pt-serif", "courier-prime", "oswald", "inconsolata", "crimson-text"];
const WEIGHTS = [400, 700];
const EXTENSIONS = [".ttf", ".otf", ".ttc", ".woff", ".woff2"];
const registered = new Map<string, Font>();

/**
 * The fonts that come with the package: sans serif, serif, typewriter, condensed, monospaced and book face, each
 * regular and bold, with the characters of Latin-1 (their licences allow use and redistribution, OFL-1.1).
 */
export function builtInFonts(): Font[] {
  const require = createRequire(import.meta.url);
  return FAMILIES.flatMap((family) => {
    const folder = join(dirname(require.resolve(`@fontsource/${family}/package.json`)), "files");
    return WEIGHTS.map((weight) => loadFont(join(folder, `${family}-latin-${weight}-normal.woff`)));
  });
}

/**
 * Loads the named font files, and every font file directly inside the named folders, in order of their names.
 *
 * @throws Error naming the path that does not exist, is not a font, or is a folder without fonts.
 */
export function loadFonts(paths: readonly string[]): Font[] {
  return paths.flatMap(fontFiles).map(loadFont);
}

/** The characters of `text` that `font` has no glyph for, each once. */
export function missingFrom(font: Font, text: Iterable<string>): string[] {
  return [...new Set(text)].filter((character) => !font.points.has(character.codePointAt(0)!));
}

function fontFiles(path: string): string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) throw new Error(`font file or folder not found: ${path}`);
  if (!stats.isDirectory()) return [path];
  const files = readdirSync(path).filter((name) => EXTENSIONS.includes(extname(name).toLowerCase()));
  if (files.length === 0) throw new Error(`no font files (${EXTENSIONS.join(" ")}) in folder ${path}`);
  return files.sort().map((name) => join(path, name));
}

function loadFont(path: string): Font {
  const file = resolve(path);
  const known = registered.get(file);
  if (known) return known;
  const points = readCoverage(file);
  const family = `retort ${registered.size}`;
  if (!GlobalFonts.registerFromPath(file, family)) throw new Error(`the canvas cannot load font ${path}`);
  const font = { name: basename(file, extname(file)), family, points };
  registered.set(file, font);
  return font;
}

function readCoverage(file: string): ReadonlySet<number> {
  try {
    return coverage(readFileSync(file));
  } catch (error) {
    throw new Error(`cannot use font ${file}: ${(error as Error).message}`, { cause: error });
  }
}
