import fc from "fast-check";
import { expect, test } from "vitest";
import { alignTexts, Confusions } from "./confusions.js";
import { editDistance } from "./edit-distance.js";

const texts = fc.array(fc.constantFrom("a", "b", "c", "😀"), { maxLength: 7 }).map((all) => all.join(""));

test("an alignment spells both texts, and has as many differences as the edit distance says", () => {
  fc.assert(
    fc.property(texts, texts, (read, wanted) => {
      const pairs = alignTexts(read, wanted);
      expect(pairs.map(([found]) => found).join("")).toBe(read);
      expect(pairs.map(([, meant]) => meant).join("")).toBe(wanted);
      expect(pairs.filter(([found, meant]) => found !== meant)).toHaveLength(editDistance(read, wanted));
    }),
  );
});

test("what is replaced, left out and made up", () => {
  expect(alignTexts("l0st", "lost")[1]).toEqual(["0", "o"]);
  expect(alignTexts("ab", "axb")).toEqual([
    ["a", "a"],
    ["", "x"],
    ["b", "b"],
  ]);
  expect(alignTexts("axb", "ab")[1]).toEqual(["x", ""]);
  expect(alignTexts("", "")).toEqual([]);
});

test("confusions are counted, the most frequent first", () => {
  const confusions = new Confusions();
  for (const [read, wanted] of [
    ["l0st", "lost"],
    ["g0ld", "gold"],
    ["god", "gold"],
    ["😀k", "ok"],
    ["oks", "ok"],
  ]) {
    confusions.add(read, wanted);
  }
  expect(confusions.result()).toEqual([
    { wanted: "o", read: "0", count: 2 },
    { wanted: "", read: "s", count: 1 },
    { wanted: "l", read: "", count: 1 },
    { wanted: "o", read: "😀", count: 1 },
  ]);
  expect(confusions.wantedCounts()).toEqual(
    new Map([
      ["l", 3],
      ["o", 5],
      ["s", 1],
      ["t", 1],
      ["g", 2],
      ["d", 2],
      ["k", 2],
    ]),
  );
});
