import { expect, test } from "vitest";
import { dictionaryOf } from "../text/dictionary.js";
import { type Lexicon, lexiconOf } from "./lexicon.js";

const characters = [..."abc "];

/** Whether the list has a text. */
function has(lexicon: Lexicon, text: string): boolean {
  let place: Lexicon | undefined = lexicon;
  for (const character of text) place = place?.next.get(characters.indexOf(character) + 1);
  return place?.complete ?? false;
}

test("words, and words with one space between them, are texts; beginnings and joined words are not", () => {
  const lexicon = lexiconOf(["ab", "a", "", "cab b"], dictionaryOf("abc", { useSpaceChar: true }));
  for (const text of ["a", "ab", "cab", "b", "ab cab", "b a b"]) expect(has(lexicon, text), text).toBe(true);
  for (const text of ["", "ca", "c", "aba", "ab ", " a", "a  b", "ab c"]) expect(has(lexicon, text), text).toBe(false);
});

test("without a space in the dictionary a text is one word", () => {
  const lexicon = lexiconOf(["ab", "ba"], dictionaryOf("abc"));
  expect(has(lexicon, "ab")).toBe(true);
  expect(has(lexicon, "ab ba")).toBe(false);
});

test("words are made small for a dictionary in small letters", () => {
  const lexicon = lexiconOf(["AB"], { characters, lowerCase: true, warnings: [] });
  expect(has(lexicon, "ab")).toBe(true);
});

test("an unknown character and an empty list are errors that name the place", () => {
  const dictionary = dictionaryOf("abc");
  expect(() => lexiconOf(["ab", "axb"], dictionary, "words.txt")).toThrow(
    'words.txt, line 2: the dictionary has no "x", which "axb" needs',
  );
  expect(() => lexiconOf(["", " "], dictionary)).toThrow("the word list: there are no words");
});
