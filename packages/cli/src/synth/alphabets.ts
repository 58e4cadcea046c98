const range = (from: string, to: string): string => {
  const first = from.charCodeAt(0);
  return String.fromCharCode(...Array.from({ length: to.charCodeAt(0) - first + 1 }, (_, i) => first + i));
};

const digits = range("0", "9");
const lower = range("a", "z");
const upper = range("A", "Z");

/** Alphabets with a name: digits, lower, upper, letters, alnum, and ascii (every printable character but the space). */
export const alphabets: Readonly<Record<string, string>> = {
  digits,
  lower,
  upper,
  letters: upper + lower,
  alnum: digits + upper + lower,
  ascii: range("!", "~"),
};

/**
 * Splits an alphabet into its characters (code points), each once, in order of first appearance.
 *
 * @throws Error when it is empty or holds a control character, which a label file cannot carry.
 */
export function charactersOf(alphabet: string): string[] {
  const characters = [...new Set(alphabet)];
  if (characters.length === 0) throw new Error("the alphabet is empty: give at least one character");
  for (const character of characters) {
    const point = character.codePointAt(0)!;
    if (point < 32 || point === 127) {
      throw new Error(`the alphabet holds control character U+${point.toString(16).padStart(4, "0")}`);
    }
  }
  return characters;
}

/**
 * The characters of a dictionary file's text in PaddleOCR's format: one a line.
 *
 * @throws Error naming the first line that holds more than one character.
 */
export function parseDictionary(text: string, name: string): string[] {
  const lines = text.replace(/\r?\n$/, "").split(/\r?\n/);
  lines.forEach((line, i) => {
    if ([...line].length !== 1) throw new Error(`${name}:${i + 1}: expected one character, found "${line}"`);
  });
  return charactersOf(lines.join(""));
}
