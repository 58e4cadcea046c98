import { type Dictionary, defaultDictionary, parseDictionary } from "@retort/ocr-models";
import { type ClassCounts, classCounts } from "./classes.js";
import type { Overrides } from "./overrides.js";
import { type ParsedConfig, parseConfig } from "./parse.js";

/** A config with the dictionary that it names. */
export interface LoadedConfig extends ParsedConfig {
  dictionary: Dictionary;
  classes: ClassCounts;
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

/**
 * Reads a config file and the dictionary that it names, and checks everything. Runs in Node.
 * @throws Error that names the file when the config or its dictionary cannot be read
 * @throws ConfigError with all problems of the config
 */
export async function loadConfig(path: string, overrides: Overrides = []): Promise<LoadedConfig> {
  const parsed = parseConfig(await readConfigText(path), { file: path, overrides });
  const dictionary = await loadDictionary(parsed.config);
  const warnings = [...parsed.warnings, ...dictionary.warnings];
  return { ...parsed, warnings, dictionary, classes: classCounts(dictionary) };
}
