import { expect, test } from "vitest";
import { alphabets, charactersOf, parseDictionary } from "./alphabets.js";

test("named alphabets", () => {
  expect(alphabets.digits).toBe("0123456789");
  expect(alphabets.alnum).toHaveLength(62);
  expect(alphabets.ascii).toHaveLength(94);
  expect(alphabets.ascii).not.toContain(" ");
});

test("characters are code points, each once", () => {
  expect(charactersOf("abca")).toEqual(["a", "b", "c"]);
  expect(charactersOf("𠮷一")).toEqual(["𠮷", "一"]);
});

test("an empty alphabet and control characters are refused", () => {
  expect(() => charactersOf("")).toThrow(/alphabet is empty/);
  expect(() => charactersOf("a\tb")).toThrow(/U\+0009/);
});

test("a dictionary has one character a line, the space among them", () => {
  expect(parseDictionary("a\nb\n \n", "dict.txt")).toEqual(["a", "b", " "]);
  expect(parseDictionary("a\r\nb", "dict.txt")).toEqual(["a", "b"]);
  expect(() => parseDictionary("a\nbc\n", "dict.txt")).toThrow('dict.txt:2: expected one character, found "bc"');
});
