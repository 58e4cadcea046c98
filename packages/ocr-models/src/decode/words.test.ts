import { expect, test } from "vitest";
import { placeWords, wordsOf } from "./words.js";

/** Words of a text whose characters stand two steps apart, as `text:kind`. */
const split = (text: string): string[] =>
  wordsOf(
    [...text],
    [...text].map((_, i) => 2 * i),
  ).map(({ text, kind }) => `${text}:${kind}`);

test.each([
  ["", []],
  ["hello world", ["hello:en&num", "world:en&num"]],
  ["VGG-16, 1.123!", ["VGG-16:en&num", "1.123:en&num"]],
  ["state-of-the-art", ["state-of-the-art:en&num"]],
  ["end. 5", ["end:en&num", "5:en&num"]],
  ["-5 .5", ["5:en&num", "5:en&num"]],
  ["你好abc世", ["你好:cn", "abc:en&num", "世:cn"]],
  ["你-好", ["你:cn", "好:cn"]],
  ["(a)", ["a:en&num"]],
] as const)("%j", (text, words) => {
  expect(split(text)).toEqual(words);
});

test("each character keeps its step, and a word reaches to the end of its last", () => {
  const words = wordsOf([..."ab 中"], [1, 3, 4, 6]);
  expect(words).toEqual([
    { text: "ab", kind: "en&num", steps: [1, 3] },
    { text: "中", kind: "cn", steps: [6] },
  ]);
  expect(placeWords(words, 8).map(({ left, right }) => [left, right])).toEqual([
    [1 / 8, 4 / 8],
    [6 / 8, 7 / 8],
  ]);
});

test("a word in the padding ends at the edge of the image", () => {
  const [placed] = placeWords(wordsOf(["a", "b"], [2, 9]), 5.5);
  expect(placed).toMatchObject({ left: 2 / 5.5, right: 1 });
});
