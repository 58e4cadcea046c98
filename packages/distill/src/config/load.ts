import { type Dictionary, defaultDictionary, type Lexicon, lexiconOf, parseDictionary } from "@retort/ocr-models";
import { type ClassCounts, classCounts } from "./classes.js";
import type { Overrides } from "./overrides.js";
import { type ParsedConfig, parseConfig } from "./parse.js";

/** A config with the dictionary, and perhaps the word list, that it names. */
export interface LoadedConfig extends ParsedConfig {
  dictionary: Dictionary;
  classes: ClassCounts;
  lexicon?: Lexicon;
}

async function readFile(path: string, what: string): Promise<Uint8Array> {
  const { readFile } = await import("node:fs/promises");
  try {
    return await readFile(path);
  } catch (error) {
    throw new Error(`${what} "${path}" cannot be read: ${(error as NodeJS.ErrnoException).code ?? error}`);
  }
}

/** The dictionary that a config names: the file's, or digits and small letters. Paths count from the working directory. */
export async function loadDictionary(config: ParsedConfig["config"]): Promise<Dictionary> {
  const { characterDictPath: path, useSpaceChar } = config.global;
  if (path === undefined) return defaultDictionary();
  const bytes = await readFile(path, "Global.character_dict_path:");
  const dictionary = parseDictionary(bytes, { useSpaceChar, name: path });
  if (dictionary.characters.length === (useSpaceChar ? 1 : 0)) throw new Error(`the dictionary "${path}" is empty`);
  return dictionary;
}

/** The text of a config file. Runs in Node. @throws Error that names the file when it cannot be read */
export async function readConfigText(path: string): Promise<string> {
  return new TextDecoder().decode(await readFile(path, "the config"));
}

/** A word list that a config names. */
interface WordList {
  readonly path: string;
  readonly lines: string[];
}

/** The word list that a config names, if it does. Runs in Node. @throws Error that names the file that cannot be read */
export async function readWordList({ postProcess }: ParsedConfig["config"]): Promise<WordList | undefined> {
  const path = postProcess.decoder === "db" ? undefined : postProcess.beam?.lexicon;
  if (path === undefined) return undefined;
  const text = new TextDecoder().decode(await readFile(path, "PostProcess.lexicon:"));
  return { path, lines: text.split(/\r?\n/) };
}

/**
 * Reads a config file and the dictionary and word list that it names, and checks everything. Runs in Node.
 * @throws Error that names the file when one of them cannot be read, or the word that the dictionary cannot write
 * @throws ConfigError with all problems of the config
 */
export async function loadConfig(path: string, overrides: Overrides = []): Promise<LoadedConfig> {
  return withDictionary(parseConfig(await readConfigText(path), { file: path, overrides }));
}

/**
 * The config that a checkpoint holds, as `loadConfig` reads one of a file; `file` is the checkpoint's.
 * @throws Error @throws ConfigError as `loadConfig`
 */
export function loadStoredConfig(config: unknown, file: string, overrides: Overrides = []): Promise<LoadedConfig> {
  return withDictionary(parseConfig(JSON.stringify(config), { file: `the config in ${file}`, overrides }));
}

/**
 * A config with the dictionary and the word list that it names. Runs in Node.
 * @throws Error that names the file that cannot be read, or the word that the dictionary cannot write
 */
async function withDictionary(parsed: ParsedConfig): Promise<LoadedConfig> {
  const dictionary = await loadDictionary(parsed.config);
  const warnings = [...parsed.warnings, ...dictionary.warnings];
  const words = await readWordList(parsed.config);
  const lexicon = words && lexiconOf(words.lines, dictionary, words.path);
  return { ...parsed, warnings, dictionary, classes: classCounts(dictionary), lexicon };
}
