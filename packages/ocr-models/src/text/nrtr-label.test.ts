import fc from "fast-check";
import { expect, test } from "vitest";
import { NrtrDecoder } from "../decode/nrtr-decoder.js";
import { dictionaryOf } from "./dictionary.js";
import { accepted } from "./encoded.js";
import { NrtrLabelEncoder } from "./nrtr-label.js";

test("start, characters from class 4 on, end, padding", () => {
  const encoder = new NrtrLabelEncoder(dictionaryOf("abc", { useSpaceChar: true }), 8);
  expect(accepted(encoder.encode("c?a "))).toEqual({ label: Int32Array.of(2, 6, 4, 7, 3, 0, 0, 0), length: 3 });
  expect(encoder.classes).toBe(8);
});

test("what does not fit between start and end is rejected with its reason", () => {
  const encoder = new NrtrLabelEncoder(dictionaryOf("abc"), 6);
  expect(encoder.encode("abca").ok).toBe(true);
  expect(encoder.encode("abcab")).toMatchObject({ reason: "too long", detail: "5 characters, at most 4 fit" });
  expect(encoder.encode("abcabca")).toMatchObject({ reason: "too long", detail: "7 characters, at most 6 fit" });
  expect(encoder.encode("")).toMatchObject({ reason: "empty" });
  expect(encoder.encode("xyz")).toMatchObject({ reason: "no known character" });
});

test("encode then decode is the identity", () => {
  const dictionary = dictionaryOf("abc中 é😀");
  const text = fc
    .array(fc.constantFrom(...dictionary.characters), { minLength: 1, maxLength: 10 })
    .map((characters) => characters.join(""));
  const encoder = new NrtrLabelEncoder(dictionary, 12);
  fc.assert(
    fc.property(text, (original) => {
      const { label } = accepted(encoder.encode(original));
      expect(new NrtrDecoder(dictionary).decodeLabels(label, [1, 12])).toEqual([{ text: original, confidence: 1 }]);
    }),
  );
});
