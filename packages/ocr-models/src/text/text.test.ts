import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CtcDecoder } from "../decode/ctc-decoder.js";
import { SarDecoder } from "../decode/sar-decoder.js";
import { CtcLabelEncoder } from "./ctc-label.js";
import { defaultDictionary, dictionaryOf, parseDictionary, unknownCharacters } from "./dictionary.js";
import { accepted } from "./encoded.js";
import { MultiLabelEncoder } from "./multi-label.js";
import { SarLabelEncoder } from "./sar-label.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("dictionary", () => {
  test("only line ends are stripped", () => {
    expect(parseDictionary(bytes("a\r\n b\n \n\u3000\nc")).characters).toEqual(["a", " b", " ", "\u3000", "c"]);
  });
  test("no line follows a final line feed, and an empty line is an entry", () => {
    expect(parseDictionary(bytes("a\n\nb\n")).characters).toEqual(["a", "", "b"]);
    expect(parseDictionary(bytes("")).characters).toEqual([]);
  });
  test("harmful entries are reported with their lines", () => {
    const { warnings } = parseDictionary(bytes("\ufeffa\nb\n\nb\n \n"), { name: "dict.txt", useSpaceChar: true });
    expect(warnings).toEqual([
      'dict.txt, line 1: "\ufeffa" is more than one character, no text uses it',
      "dict.txt, line 3: empty",
      'dict.txt, line 4: "b" is already in line 2; texts are encoded as the later one',
      'dict.txt, line 6: " " is already in line 5; texts are encoded as the later one',
    ]);
  });
  test("of a repeated character the later class counts, as in the reference", () => {
    const encoder = new CtcLabelEncoder(dictionaryOf("aba"), 4);
    expect([...accepted(encoder.encode("ab")).label]).toEqual([3, 2, 0, 0]);
  });
  test("bytes that are not UTF-8 are an error", () => {
    expect(() => parseDictionary(new Uint8Array([0x61, 0x0a, 0xff]), { name: "d.txt" })).toThrow(
      "d.txt, line 2: not UTF-8",
    );
  });
  test("without a file: digits and small letters, texts in lower case", () => {
    expect(defaultDictionary().characters.length).toBe(36);
    expect([...accepted(new CtcLabelEncoder(defaultDictionary(), 3).encode("A0")).label]).toEqual([11, 1, 0]);
    expect(unknownCharacters(defaultDictionary(), "Ab-中-")).toEqual(["-", "中"]);
  });
});

describe("rejections", () => {
  const dictionary = dictionaryOf("abc");
  const encoder = new MultiLabelEncoder(dictionary, 6);
  test.each([
    ["", "empty", "no characters"],
    ["xyz", "no known character", 'of "xyz"'],
    ["abcabca", "too long", "7 characters, at most 6 fit"],
    ["abcab", "too long", "5 characters, at most 4 fit"],
  ])("%j is %s", (text, reason, detail) => {
    expect(encoder.encode(text)).toEqual({ ok: false, reason, detail: expect.stringContaining(detail) });
  });
  test("CTC alone takes what SAR cannot", () => expect(encoder.ctc.encode("abcabc").ok).toBe(true));
  test("length counts code points, not UTF-16 units", () => {
    const emoji = new CtcLabelEncoder(dictionaryOf(["😀"]), 3);
    expect(accepted(emoji.encode("😀😀😀")).length).toBe(3);
    expect(emoji.encode("😀😀😀😀").ok).toBe(false);
  });
  test("a wrong limit is an error", () => {
    expect(() => new SarLabelEncoder(dictionary, 0)).toThrow("max_text_length is a positive integer, not 0");
  });
});

test("encode then decode is the identity", () => {
  const dictionary = dictionaryOf("abc中 é😀");
  const text = fc
    .array(fc.constantFrom(...dictionary.characters), { minLength: 1, maxLength: 10 })
    .map((t) => t.join(""));
  const encoder = new MultiLabelEncoder(dictionary, 12);
  fc.assert(
    fc.property(text, (original) => {
      const { labelCtc, labelGuide } = accepted(encoder.encode(original));
      expect(new CtcDecoder(dictionary).decodeLabels(labelCtc, [1, 12])).toEqual([{ text: original, confidence: 1 }]);
      expect(new SarDecoder(dictionary).decodeLabels(labelGuide, [1, 12])).toEqual([{ text: original, confidence: 1 }]);
    }),
  );
});

test("the guide beside CTC may be NRTR, whose limit holds for both", () => {
  const dictionary = dictionaryOf("abc");
  const encoder = new MultiLabelEncoder(dictionary, 6, "nrtr");
  expect(accepted(encoder.encode("cab"))).toEqual({
    labelCtc: Int32Array.of(3, 1, 2, 0, 0, 0),
    labelGuide: Int32Array.of(2, 6, 4, 5, 3, 0),
    length: 3,
  });
  expect(encoder.encode("abcab")).toMatchObject({ reason: "too long", detail: "5 characters, at most 4 fit" });
});
