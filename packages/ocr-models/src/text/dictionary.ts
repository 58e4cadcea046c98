/** The characters that a network can write, in the order of their classes. */
export interface Dictionary {
  /** One entry a class, without the special classes that an encoder adds. */
  characters: string[];
  /** Texts are lower-cased before encoding; so without a dictionary file. */
  lowerCase: boolean;
  /** Entries that can do harm: written twice, empty, or longer than one character (as after a byte order mark). */
  warnings: string[];
}

/** The dictionary of a config that names no file: digits and small Latin letters. */
export function defaultDictionary(): Dictionary {
  return { characters: [..."0123456789abcdefghijklmnopqrstuvwxyz"], lowerCase: true, warnings: [] };
}

/**
 * Reads a dictionary file exactly as PaddleOCR's `BaseRecLabelEncode` does: lines end at "\n"; carriage returns and
 * line feeds around a line are dropped, every other character is kept, a space too. `useSpaceChar` appends a space.
 * Throws an Error that names the line which is not UTF-8. `name` stands for the file in messages.
 */
export function parseDictionary(
  bytes: Uint8Array,
  options: { useSpaceChar?: boolean; name?: string } = {},
): Dictionary {
  const name = options.name ?? "dictionary";
  const characters = linesOf(bytes).map((line, i) => decodeLine(line, `${name}, line ${i + 1}`));
  if (options.useSpaceChar) characters.push(" ");
  return { characters, lowerCase: false, warnings: findWarnings(characters, name) };
}

/** The dictionary of these characters, one class each; for data made by code. */
export function dictionaryOf(characters: Iterable<string>, options: { useSpaceChar?: boolean } = {}): Dictionary {
  const list = [...characters, ...(options.useSpaceChar ? [" "] : [])];
  return { characters: list, lowerCase: false, warnings: findWarnings(list, "dictionary") };
}

/** Which characters of `text` the dictionary lacks, each once; encoders leave them out silently, as the reference does. */
export function unknownCharacters(dictionary: Dictionary, text: string): string[] {
  const known = new Set(dictionary.characters);
  return [...new Set(dictionary.lowerCase ? text.toLowerCase() : text)].filter((character) => !known.has(character));
}

function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let start = 0;
  while (start < bytes.length) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed < 0 ? bytes.length : feed;
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines;
}

function decodeLine(line: Uint8Array, where: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(line).replace(/^\r+|\r+$/g, "");
  } catch {
    throw new Error(`${where}: not UTF-8`);
  }
}

function findWarnings(characters: string[], name: string): string[] {
  const warnings: string[] = [];
  const firstLine = new Map<string, number>();
  characters.forEach((character, i) => {
    const where = `${name}, line ${i + 1}`;
    const shown = JSON.stringify(character);
    const first = firstLine.get(character);
    if (character === "") warnings.push(`${where}: empty`);
    else if ([...character].length > 1) warnings.push(`${where}: ${shown} is more than one character, no text uses it`);
    if (first === undefined) firstLine.set(character, i + 1);
    else warnings.push(`${where}: ${shown} is already in line ${first}; texts are encoded as the later one`);
  });
  return warnings;
}
