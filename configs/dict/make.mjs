// Writes the dictionaries of this folder, one character a line: `node configs/dict/make.mjs`.
// The Chinese one is GB 2312: each code point is two bytes, 0xA0 + row and 0xA0 + cell, decoded as GB 18030.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const codes = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const ascii = (from, to) => codes(from.charCodeAt(0), to.charCodeAt(0)).map((code) => String.fromCharCode(code));

const digits = ascii("0", "9");
const letters = [...ascii("A", "Z"), ...ascii("a", "z")];
const punctuation = ascii("!", "~").filter((character) => /[^0-9A-Za-z]/.test(character));

const decoder = new TextDecoder("gb18030");
const row = (number) =>
  codes(1, 94)
    .map((cell) => decoder.decode(new Uint8Array([0xa0 + number, 0xa0 + cell])))
    .filter((character) => !/[\p{Co}\s\ufffd]/u.test(character));

/** Rows 1 and 3: punctuation and symbols, and ASCII in full width, of which letters and digits are left out. */
const wide = [...row(1), ...row(3)].filter((character) => !/[０-９Ａ-Ｚａ-ｚ]/.test(character));
/** Rows 16 to 55: 3,755 frequent characters; rows 56 to 87: 3,008 less frequent ones. */
const chinese = codes(16, 87).flatMap(row);

/** The text of each dictionary, by file name. */
export const dictionaries = Object.fromEntries(
  Object.entries({
    "digits.txt": digits,
    "en.txt": [...digits, ...letters, ...punctuation],
    "gb2312.txt": [...digits, ...letters, ...punctuation, ...wide, ...chinese],
  }).map(([name, characters]) => [name, `${characters.join("\n")}\n`]),
);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of Object.entries(dictionaries)) writeFileSync(new URL(name, import.meta.url), text);
}
