import { noGrad, softmax, variable, withRandom } from "@retort/autograd";
import { argmax, Random, slice, squeeze, type Tensor, tensor } from "@retort/tensor";
import { beforeEach, expect, test } from "vitest";
import { NrtrHead } from "./nrtr-head.js";

const classes = 9;
const options = { nrtrDim: 64, numDecoderLayers: 2, maxTextLength: 8 };
const random = new Random(7);
const [batch, places] = [3, 5];
const sequence = tensor(
  Float32Array.from({ length: batch * places * options.nrtrDim }, () => 2 * random.normal()),
  [batch, places, options.nrtrDim],
);
const ints = (rows: readonly (readonly number[])[]): Tensor =>
  tensor(Int32Array.from(rows.flat()), [rows.length, rows[0].length]);
let head: NrtrHead;

beforeEach(() => {
  head = withRandom(new Random(3), () => new NrtrHead(classes, options));
});

/** The reference's way: the whole decoder again for every character. */
function decodedAgainEachStep(): { probabilities: number[][][]; symbols: number[][] } {
  const outputs = classes + 1;
  const symbols = Array.from({ length: batch }, () => [2]);
  const probabilities: number[][][] = symbols.map(() => []);
  for (let step = 0; step < options.maxTextLength - 1; step++) {
    const logits = head.forced(variable(sequence), ints(symbols)).value;
    const found = softmax(squeeze(slice(logits, 1, step, step + 1), 1)).value;
    const best = argmax(found).dataSync();
    const values = Array.from(found.dataSync());
    for (const [b, read] of symbols.entries()) {
      read.push(best[b]);
      probabilities[b].push(values.slice(b * outputs, (b + 1) * outputs));
    }
  }
  return { probabilities, symbols };
}

test("reading freely with kept keys and values gives what running the whole decoder again each step gives", () => {
  head.eval();
  const { found, wanted } = noGrad(() => ({ found: head.forward(sequence), wanted: decodedAgainEachStep() }));
  expect(found.shape).toEqual([batch, options.maxTextLength - 1, classes + 1]);
  const values = found.value.dataSync();
  for (const [i, value] of wanted.probabilities.flat(2).entries()) expect(values[i]).toBeCloseTo(value, 5);
  expect(new Set(wanted.symbols.flat()).size, "the reading is not one character over and over").toBeGreaterThan(2);
});

const labels = ints([
  [2, 5, 4, 3, 0],
  [2, 6, 3, 0, 0],
  [2, 8, 7, 4, 3],
]);

test("training returns logits of what comes after each true character", () => {
  expect(head.forward(sequence, labels).shape).toEqual([batch, 4, classes + 1]);
  expect(() => head.forward(sequence)).toThrow("NRTRHead: training needs label_gtc, which is missing from the batch");
});

test("logits do not depend on characters that come later, nor on other samples", () => {
  head.eval();
  const logits = (characters: Tensor): number[] => [
    ...noGrad(() => head.forced(variable(sequence), characters)).value.dataSync(),
  ];
  const [before, after] = [
    logits(slice(labels, 1, 0, 4)),
    logits(
      ints([
        [2, 5, 4, 3],
        [2, 6, 9, 9],
        [2, 8, 7, 4],
      ]),
    ),
  ];
  const row = classes + 1;
  const differs = before.map((value, i) => Math.abs(value - after[i]) > 1e-6);
  const where = new Set(differs.flatMap((found, i) => (found ? [Math.floor(i / row)] : [])));
  // Sample 1 differs from its third character on: rows 4 + 2 and 4 + 3.
  expect([...where]).toEqual([6, 7]);
});

test("a place is told by sines and cosines, and padding has no vector", () => {
  const [, positions] = [...head.entries()].find(([key]) => key === "positional_encoding.pe") ?? [];
  const table = positions?.value.dataSync() ?? [];
  expect(table.length).toBe(5000 * 64);
  for (const [position, channel] of [
    [0, 0],
    [3, 0],
    [24, 10],
    [4999, 62],
  ]) {
    const angle = position / 10000 ** (channel / 64);
    expect(table[64 * position + channel]).toBeCloseTo(Math.sin(angle), 3);
    expect(table[64 * position + channel + 1]).toBeCloseTo(Math.cos(angle), 3);
  }
  const vectors = head.embedding.forward(ints([[0, 1]])).value.dataSync();
  expect(new Set(vectors.slice(0, 64))).toEqual(new Set([0]));
  const length = Math.hypot(...vectors.slice(64));
  expect(length / 8, "about √64 · √64 · 64^-0.5").toBeGreaterThan(0.7);
  expect(length / 8).toBeLessThan(1.4);
});

test("channels that do not divide into heads are refused", () => {
  for (const nrtrDim of [16, 100]) {
    expect(() => new NrtrHead(classes, { ...options, nrtrDim })).toThrow(
      `NRTRHead: ${nrtrDim} channels do not divide into heads of about 32`,
    );
  }
});
