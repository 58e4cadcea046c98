import { expect, test } from "vitest";
import { ctcReading, type FoundCharacter } from "./ctc-reading.js";

const found = (text: string): FoundCharacter[] =>
  [...text].map((character, i) => ({ character, step: 3 * i, probability: 1 / (i + 1) }));

test("text, mean probability and, where asked for, words", () => {
  expect(ctcReading(found("a b"), {})).toEqual({
    text: "a b",
    confidence: expect.closeTo((1 + 1 / 2 + 1 / 3) / 3, 12),
  });
  expect(ctcReading(found("a b"), { wordBoxes: true }).words).toEqual([
    { text: "a", kind: "en&num", steps: [0] },
    { text: "b", kind: "en&num", steps: [6] },
  ]);
  expect(ctcReading([], { wordBoxes: true })).toEqual({ text: "", confidence: 0, words: [] });
});

test("right-to-left texts are turned round, their words keep their steps", () => {
  const { text, words } = ctcReading(found("سلا ab1"), { reverse: true, wordBoxes: true });
  expect(text).toBe(" ab1الس");
  expect(words).toEqual([{ text: "ab1", kind: "en&num", steps: [12, 15, 18] }]);
});
