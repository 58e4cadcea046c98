import { Random } from "@retort/tensor";
import { expect, test } from "vitest";
import { dictionaryOf } from "../text/dictionary.js";
import { CtcBeamDecoder } from "./ctc-beam-decoder.js";
import { CtcDecoder } from "./ctc-decoder.js";
import { lexiconOf } from "./lexicon.js";

const dictionary = dictionaryOf("abc", { useSpaceChar: true });
const [a, b, c, space] = [1, 2, 3, 4];
const classes = 5;

/** Probabilities of one sample in which a path's classes have `sure` each. */
function along(path: readonly number[], sure: number): Float32Array {
  return Float32Array.from(
    path.flatMap((best) => Array.from({ length: classes }, (_, k) => (k === best ? sure : (1 - sure) / (classes - 1)))),
  );
}

test("where one path is sure, the reading is that of greedy decoding, words and all", () => {
  const path = [0, a, a, 0, b, space, space, c, 0, c];
  const data = along(path, 0.9);
  const shape = [1, path.length, classes] as const;
  const wanted = new CtcDecoder(dictionary, { wordBoxes: true }).decodeProbabilities(data, shape);
  expect(wanted[0].text).toBe("ab cc");
  expect(new CtcBeamDecoder(dictionary, { width: 4, wordBoxes: true }).decodeProbabilities(data, shape)).toEqual(
    wanted,
  );
});

test("of a batch each sample is read by itself, and what all paths say counts", () => {
  const rows = [
    [0.6, 0.4, 0, 0, 0],
    [0.6, 0.4, 0, 0, 0],
  ];
  const data = Float32Array.from([...rows.flat(), ...along([b, 0], 0.9)]);
  const read = new CtcBeamDecoder(dictionary, { width: 3 }).decodeProbabilities(data, [2, 2, classes]);
  expect(read.map(({ text }) => text)).toEqual(["a", "b"]);
  expect(read[0].confidence).toBeCloseTo(0.4, 6);
  expect(new CtcDecoder(dictionary).decodeProbabilities(data, [2, 2, classes])[0].text).toBe("");
});

test("with a word list only its words are read", () => {
  const lexicon = lexiconOf(["ab", "ca"], dictionary);
  const decoder = new CtcBeamDecoder(dictionary, { width: 2, lexicon });
  const one = (path: readonly number[]): string =>
    decoder.decodeProbabilities(along(path, 0.8), [1, path.length, classes])[0].text;
  expect(one([a, c, 0, 0])).toMatch(/^(ab|ca)$/);
  expect(one([a, b, space, c, c])).toBe("ab ca");
  expect(one([0, 0, 0])).toBe("");
  const random = new Random(4);
  for (let run = 0; run < 50; run++) {
    const path = Array.from({ length: 7 }, () => random.integer(classes));
    expect(one(path)).toMatch(/^$|^(ab|ca)( (ab|ca))*$/);
  }
});

test("a list none of whose words is possible reads nothing", () => {
  const decoder = new CtcBeamDecoder(dictionary, { width: 2, lexicon: lexiconOf(["ca"], dictionary) });
  const certain = Float32Array.of(0, 0, 1, 0, 0);
  expect(decoder.decodeProbabilities(certain, [1, 1, classes])).toEqual([{ text: "", confidence: 0 }]);
});

test("labels are decoded as by the greedy decoder", () => {
  const decoder = new CtcBeamDecoder(dictionary, { width: 2, wordBoxes: true });
  expect(decoder.decodeLabels([a, a, b, 0], [1, 4])).toEqual([{ text: "aab", confidence: 1 }]);
});

test("what is no probability, a wrong width and other classes are errors", () => {
  expect(() => new CtcBeamDecoder(dictionary, { width: 0 })).toThrow("whole number from 1 on, found 0");
  const decoder = new CtcBeamDecoder(dictionary, { width: 2 });
  const logits = Float32Array.of(0.5, 0.5, 0, 0, 0, 3, -1, 0, 0, 0);
  expect(() => decoder.decodeProbabilities(logits, [2, 1, classes])).toThrow(
    "CTC beam search needs probabilities; sample 1 of the batch has 3",
  );
  expect(() => decoder.decodeProbabilities(Float32Array.of(Number.NaN, 0, 0, 0, 0), [1, 1, classes])).toThrow(
    "has NaN",
  );
  expect(() => decoder.decodeProbabilities(new Float32Array(3), [1, 1, 3])).toThrow(
    "3 classes, but the dictionary makes 5",
  );
  expect(() => decoder.decodeProbabilities(new Float32Array(4), [1, 1, classes])).toThrow("needs 5 values, got 4");
});
