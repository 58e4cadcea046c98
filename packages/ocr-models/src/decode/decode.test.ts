import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dictionaryOf } from "../text/dictionary.js";
import { CtcDecoder } from "./ctc-decoder.js";
import { argmaxRows } from "./reading.js";
import { SarDecoder } from "./sar-decoder.js";

const dictionary = dictionaryOf("abc");

describe("CTC", () => {
  const decoder = new CtcDecoder(dictionary);
  const one = (indices: number[]): string =>
    decoder.decode(
      indices,
      indices.map(() => 0.5),
      [1, indices.length],
    )[0].text;

  test("repeats collapse unless a blank stands between them", () => {
    expect(one([1, 1, 0, 1, 2, 2, 3, 0, 0])).toBe("aabc");
    expect(one([0, 0])).toBe("");
  });
  test("rows do not touch each other", () => {
    const rows = decoder.decode([1, 2, 2, 3], [0.1, 0.3, 0.5, 0.7], [2, 2]);
    expect(rows.map(({ text }) => text)).toEqual(["ab", "bc"]);
    expect(rows.map(({ confidence }) => confidence)).toEqual([expect.closeTo(0.2, 12), expect.closeTo(0.6, 12)]);
  });
  test("labels keep their repeats and have confidence 1; an empty one has 0", () => {
    expect(decoder.decodeLabels([1, 1, 0, 0, 0, 0], [2, 3])).toEqual([
      { text: "aa", confidence: 1 },
      { text: "", confidence: 0 },
    ]);
  });
  test("any path that collapses to a text decodes to it", () => {
    const runs = fc.array(
      fc.record({ character: fc.integer({ min: 1, max: 3 }), length: fc.integer({ min: 1, max: 3 }) }),
    );
    fc.assert(
      fc.property(runs, (list) => {
        const path = list.flatMap(({ character, length }) => [...Array(length).fill(character), 0]);
        expect(one(path)).toBe(list.map(({ character }) => "abc"[character - 1]).join(""));
      }),
    );
  });
  test("right-to-left texts are turned round, runs of Latin letters and digits are not", () => {
    const arabic = dictionaryOf("ab1 سلا");
    const indices = [5, 6, 7, 4, 1, 2, 3].map((i) => i);
    const [{ text }] = new CtcDecoder(arabic, { reverse: true }).decode(indices, indices, [1, 7]);
    expect(text).toBe(" ab1الس");
  });
  test("wrong sizes and classes are errors", () => {
    expect(() => decoder.decode([1, 2], [0.5, 0.5], [1, 3])).toThrow("shape [1,3] needs 3 values, got 2");
    expect(() => decoder.decodeProbabilities(new Float32Array(7), [1, 2, 4])).toThrow("needs 8 values, got 7");
    expect(() => one([9])).toThrow("class 9 is not among the 4 classes");
  });
});

describe("SAR", () => {
  const decoder = new SarDecoder(dictionary);
  const [unknown, end, padding] = [3, 4, 5];
  const one = (indices: number[]): string =>
    decoder.decode(
      indices,
      indices.map(() => 0.5),
      [1, indices.length],
    )[0].text;

  test("the end class ends the text, padding is skipped, repeats stay", () => {
    expect(one([0, 0, padding, 1, end, 2])).toBe("aab");
    expect(one([unknown])).toBe("<UKN>");
  });
  test("an end at the first position is a start in labels only", () => {
    expect(one([end, 0])).toBe("");
    expect(decoder.decodeLabels([end, 0, end, padding], [1, 4])).toEqual([{ text: "a", confidence: 1 }]);
  });
  test("the confidence of nothing is NaN", () => {
    expect(decoder.decode([end], [0.9], [1, 1])[0].confidence).toBeNaN();
  });
});

test("argmax takes the first of equals, and the first NaN before every number", () => {
  const { indices, values } = argmaxRows(new Float32Array([1, 3, 3, NaN, 5, NaN, -2, -1, -3]), 3);
  expect(indices).toEqual(new Int32Array([1, 0, 1]));
  expect(values).toEqual(new Float32Array([3, NaN, -1]));
});
