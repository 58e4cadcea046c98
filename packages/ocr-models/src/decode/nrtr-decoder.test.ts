import { describe, expect, test } from "vitest";
import { dictionaryOf } from "../text/dictionary.js";
import { NrtrDecoder } from "./nrtr-decoder.js";

const decoder = new NrtrDecoder(dictionaryOf("abc"));
const end = 3;

describe("NRTR", () => {
  test("the end class ends the text, repeats stay", () => {
    const [{ text, confidence }] = decoder.decode([4, 4, 6, end, 5], [0.5, 0.5, 0.8, 0.1, 0.9], [1, 5]);
    expect(text).toBe("aac");
    expect(confidence).toBeCloseTo(0.6, 12);
  });

  test("special classes are written by name, the output beyond the dictionary is skipped", () => {
    expect(decoder.decode([0, 1, 2, 7, 4], [1, 1, 1, 1, 1], [1, 5])[0].text).toBe("blank<unk><s>a");
    expect(decoder.classes).toBe(8);
  });

  test("labels begin with a start, which is no part of the text", () => {
    expect(decoder.decodeLabels([2, 5, 4, end, 0, 2, 6, end, 0, 0], [2, 5])).toEqual([
      { text: "ba", confidence: 1 },
      { text: "c", confidence: 1 },
    ]);
  });

  test("of probabilities the largest counts; the confidence of nothing is NaN", () => {
    const row = (best: number): number[] => Array.from({ length: 8 }, (_, c) => (c === best ? 0.65 : 0.05));
    const data = Float32Array.from([...row(6), ...row(end), ...row(end), ...row(4)]);
    const readings = decoder.decodeProbabilities(data, [2, 2, 8]);
    expect(readings[0]).toEqual({ text: "c", confidence: Math.fround(0.65) });
    expect(readings[1]).toEqual({ text: "", confidence: Number.NaN });
  });

  test("wrong sizes and classes are errors", () => {
    expect(() => decoder.decode([4, 4], [1, 1], [1, 3])).toThrow("shape [1,3] needs 3 values, got 2");
    expect(() => decoder.decode([9], [1], [1, 1])).toThrow("class 9 is not among the 7 classes");
  });
});
