import { DetMetric, RecMetric } from "@retort/ocr-models";
import { expect, test } from "vitest";
import { AgreementMetric } from "./agreement.js";

const texts = (...all: string[]): { text: string }[] => all.map((text) => ({ text }));
const ofTexts = (names: string[]) =>
  new AgreementMetric({ names, makeMetric: () => new RecMetric(), asWanted: (found: { text: string }) => found });

test("each pair is compared once, whatever the labels would be", () => {
  const agreement = ofTexts(["S", "T", "U"]);
  agreement.add({ S: texts("ab", "cd"), T: texts("ab", "cx"), U: texts("", "cx") });
  agreement.add({ S: texts("ef"), T: texts("ef"), U: texts("gh") });
  const [st, su, tu] = agreement.result();
  expect([st.between, su.between, tu.between]).toEqual([
    ["S", "T"],
    ["S", "U"],
    ["T", "U"],
  ]);
  // Equal readings of three: ab and ef, none, cx; edits of the longer text's length: 1/2, 2/2 + 1/2 + 2/2, 2/2 + 2/2.
  expect(st.metrics.acc).toBeCloseTo(2 / 3, 5);
  expect(su.metrics.acc).toBe(0);
  expect(tu.metrics.acc).toBeCloseTo(1 / 3, 5);
  expect(st.metrics.norm_edit_dis).toBeCloseTo(1 - 0.5 / 3, 5);
  expect(su.metrics.norm_edit_dis).toBeCloseTo(1 - 2.5 / 3, 5);
  expect(tu.metrics.norm_edit_dis).toBeCloseTo(1 - 2 / 3, 5);
});

test("boxes agree as far as they match", () => {
  const square = (x: number): { points: [number, number][] } => ({
    points: [
      [x, 0],
      [x + 10, 0],
      [x + 10, 10],
      [x, 10],
    ],
  });
  const agreement = new AgreementMetric({
    names: ["S", "T"],
    makeMetric: () => new DetMetric(),
    asWanted: (boxes: readonly { points: [number, number][] }[]) =>
      boxes.map(({ points }) => ({ points, ignore: false })),
  });
  agreement.add({ S: [[square(0), square(50)]], T: [[square(1)]] });
  expect(agreement.result()[0].metrics).toEqual({ precision: 1 / 2, recall: 1, hmean: 2 / 3 });
});

test("one network agrees with nobody, and predictions that are missing are named", () => {
  expect(ofTexts(["S"]).result()).toEqual([]);
  expect(() => ofTexts(["S", "T"]).add({ S: texts("a") })).toThrow('predictions of "T" are missing');
});
