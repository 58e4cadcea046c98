import { Random } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromAlphabet, fromCorpus, fromWords, splitTexts } from "./texts.js";

const draws = (source: ReturnType<typeof fromAlphabet>, count: number): string[] => {
  const random = new Random(1);
  return Array.from({ length: count }, () => source.draw(random));
};

test("random texts keep to alphabet, lengths and the rules for spaces", () => {
  const lengths = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 9 }));
  fc.assert(
    fc.property(lengths, fc.nat(), ([min, more], seed) => {
      const text = fromAlphabet(["a", "漢", "𠮷", " "], [min, min + more]).draw(new Random(seed));
      const count = [...text].length;
      expect(count).toBeGreaterThanOrEqual(min);
      expect(count).toBeLessThanOrEqual(min + more);
      expect(text).toMatch(/^[a漢𠮷 ]+$/u);
      expect(text).toBe(text.trim());
      expect(text).not.toContain("  ");
    }),
  );
});

test("every length and character of an alphabet occurs about equally often", () => {
  const texts = draws(fromAlphabet([..."0123456789"], [3, 5]), 6000);
  for (const length of [3, 4, 5]) {
    const share = texts.filter((text) => text.length === length).length / 6000;
    expect(Math.abs(share - 1 / 3)).toBeLessThan(0.03);
  }
  const all = texts.join("");
  for (const digit of "0123456789") {
    expect(Math.abs(all.split(digit).length / all.length - 0.1)).toBeLessThan(0.01);
  }
});

test("words come whole, those of other lengths do not come", () => {
  const source = fromWords(["tea", "coffee", " milk ", "tea", "a"], [2, 4]);
  expect(new Set(draws(source, 100))).toEqual(new Set(["tea", "milk"]));
  expect(source.characters).toEqual([..."aeiklmt"]);
  expect(() => fromWords(["coffee"], [1, 3])).toThrow("none of 1 words has 1 to 3 characters");
});

test("pieces of a corpus occur in it and keep to the lengths", () => {
  const lines = ["the  quick brown fox", "jumps over", "x"];
  for (const piece of draws(fromCorpus(lines, [4, 8]), 300)) {
    expect(lines.some((line) => line.replace(/\s+/g, " ").includes(piece))).toBe(true);
    expect(piece.length).toBeGreaterThanOrEqual(4);
    expect(piece.length).toBeLessThanOrEqual(8);
    expect(piece).toBe(piece.trim());
  }
  expect(() => fromCorpus(["x"], [2, 3])).toThrow(/none of 1 corpus lines/);
  expect(() => draws(fromCorpus(["a b c d"], [2, 2]), 1)).toThrow(/neither start nor end with a space/);
});

test("bad lengths are named", () => {
  expect(() => fromAlphabet(["a"], [5, 3])).toThrow("the least text length 5 is above the greatest, 3");
  expect(() => fromAlphabet(["a"], [0, 3])).toThrow(/whole numbers from 1/);
  expect(() => fromAlphabet([" "], [1, 3])).toThrow(/no visible character/);
});

test("validation texts are distinct, not excluded and never in training", () => {
  const source = fromAlphabet([..."0123"], [2, 3]);
  const exclude = new Set(["00", "123"]);
  const { train, val } = splitTexts(source, { train: 500, val: 30, exclude }, new Random(3));
  expect(train).toHaveLength(500);
  expect(new Set(val).size).toBe(30);
  for (const text of train) expect(val).not.toContain(text);
  for (const text of [...train, ...val]) expect(exclude.has(text)).toBe(false);
});

test("running out of texts is an error", () => {
  const source = fromAlphabet([..."01"], [1, 1]);
  const split = (val: number): unknown => splitTexts(source, { train: 5, val, exclude: new Set() }, new Random(0));
  expect(() => split(3)).toThrow(/3 distinct validation texts \(found 2\)/);
  expect(() => split(2)).toThrow(/too few different texts for training texts/);
  expect(() => split(1)).not.toThrow();
});
