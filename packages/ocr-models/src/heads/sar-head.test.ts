import { noGrad, softmax, variable, withRandom } from "@retort/autograd";
import { argmax, Random, slice, squeeze, tensor } from "@retort/tensor";
import { beforeEach, expect, test } from "vitest";
import { SarHead, type SarHeadOptions } from "./sar-head.js";

const classes = 9;
const options: SarHeadOptions = {
  encDim: 6,
  dK: 5,
  maxTextLength: 7,
  encDropRnn: 0.1,
  decDropRnn: 0,
  predDropout: 0.1,
  predConcat: true,
};
const random = new Random(7);
const map = tensor(
  Float32Array.from({ length: 3 * 4 * 2 * 5 }, () => 3 * random.normal()),
  [3, 4, 2, 5],
);
const validRatio = Float32Array.of(1, 0.55, 0.05);
let head: SarHead;

beforeEach(() => {
  head = withRandom(new Random(3), () => new SarHead(4, classes, options));
});

/** The reference's way: the whole decoder again for every character. */
function decodedAgainEachStep(): { probabilities: number[][][]; symbols: number[][] } {
  const { decoder, encoder } = head;
  const input = variable(map);
  const memory = decoder.remember(input, encoder.forward(input, validRatio), validRatio);
  const symbols = [0, 1, 2].map(() => [classes - 2]);
  const probabilities: number[][][] = [[], [], []];
  for (let step = 0; step < options.maxTextLength; step++) {
    const labels = tensor(Int32Array.from(symbols.flat()), [3, step + 1]);
    const last = squeeze(slice(decoder.forced(memory, labels).value, 1, step, step + 1), 1);
    const found = softmax(last).value;
    const best = argmax(found).dataSync();
    const values = Array.from(found.dataSync());
    for (const [b, read] of symbols.entries()) {
      read.push(best[b]);
      probabilities[b].push(values.slice(b * (classes - 1), (b + 1) * (classes - 1)));
    }
  }
  return { probabilities, symbols };
}

test("reading freely, one step at a time, gives what running the whole decoder again each step gives", () => {
  head.eval();
  const { found, wanted } = noGrad(() => ({
    found: head.forward(map, { validRatio }),
    wanted: decodedAgainEachStep(),
  }));
  expect(found.shape).toEqual([3, options.maxTextLength, classes - 1]);
  const values = found.value.dataSync();
  for (const [i, value] of wanted.probabilities.flat(2).entries()) expect(values[i]).toBeCloseTo(value, 6);
  expect(new Set(wanted.symbols.flat()).size, "the reading is not one character over and over").toBeGreaterThan(2);
});

test("columns behind the valid share change nothing of what is remembered", () => {
  const remembered = (values: Float32Array): number[] => [
    ...noGrad(() => head.encoder.forward(variable(tensor(values, map.shape)), validRatio)).value.dataSync(),
  ];
  const changed = Float32Array.from(map.dataSync());
  // Sample 1 of width 5 at a share of 0.55: columns 3 and 4 are padding.
  for (let row = 8; row < 16; row++) changed.fill(50, 5 * row + 3, 5 * row + 5);
  head.eval();
  expect(remembered(changed)).toEqual(remembered(Float32Array.from(map.dataSync())));
});

test("training feeds the true characters and returns logits for each of them", () => {
  const labels = tensor(Int32Array.from([7, 1, 2, 7, 8, 7, 3, 7, 8, 8, 7, 7, 8, 8, 8]), [3, 5]);
  expect(head.forward(map, { labels, validRatio }).shape).toEqual([3, 5, classes - 1]);
});

test("training without labels is refused", () => {
  expect(() => head.forward(map)).toThrow("SARHead: training needs label_sar, which is missing from the batch");
});
