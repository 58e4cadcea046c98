import { memory, ones, type Tensor, tensor } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { backward } from "../backward.js";
import { checkpoint } from "../checkpoint.js";
import { additiveAttention } from "../ops/additive-attention.js";
import { mul, square } from "../ops/arithmetic.js";
import { crossEntropyRows } from "../ops/cross-entropy.js";
import { ctcLoss } from "../ops/ctc.js";
import { dropout } from "../ops/dropout.js";
import { avgPool2d, maxPool2d } from "../ops/pool2d.js";
import { logSoftmax } from "../ops/softmax.js";
import { mean } from "../ops/sum.js";
import { pad, stack } from "../ops/views.js";
import { noGrad } from "../tape.js";
import { Parameter, type Variable } from "../variable.js";
import { BatchNorm, Conv2d, Embedding, LayerNorm, Linear, Lstm, MultiHeadAttention } from "./index.js";

const [rows, key, bias, wide] = [ones([2, 4]), ones([2, 4, 6]), ones([1]), ones([2, 4, 4])];
const sequence = ones([2, 3, 4]);
const map = ones([2, 4, 4, 4]);
const indices = tensor(Int32Array.of(1, 2), [2, 1]);
const lengths = tensor(Int32Array.of(1, 1));
const weight = new Parameter(ones([4]));
const scaled = (x: Tensor): Variable => mul(x, weight);

const linear = new Linear(4, 4);
const conv = new Conv2d(4, 4, { kernel: 3, padding: 1 });
const norm = new BatchNorm(4);
const frozen = new BatchNorm(4).eval();
const layer = new LayerNorm(4);
const embedding = new Embedding(3, 4, { padding: 0 });
const lstm = new Lstm(4, 4, { layers: 2, bidirectional: true, dropout: 0.1 });
const oneWay = new Lstm(4, 4);
const attention = new MultiHeadAttention(4, { heads: 2, dropout: 0.1 });

const programs: [string, () => Variable][] = [
  ["linear layer", () => linear.forward(sequence)],
  ["convolution", () => conv.forward(map)],
  ["batch norm", () => norm.forward(conv.forward(map))],
  ["batch norm in evaluation", () => frozen.forward(conv.forward(map))],
  ["layer norm", () => layer.forward(sequence)],
  ["embedding", () => embedding.forward(indices)],
  ["LSTM", () => lstm.forward(sequence).output],
  ["LSTM's last state", () => oneWay.forward(sequence).last[0].c],
  ["self-attention", () => attention.forward(sequence)],
  [
    "additive attention",
    () => additiveAttention(scaled(sequence), key, weight, bias, { validWidth: lengths, width: 3 }),
  ],
  ["dropout", () => dropout(scaled(sequence), 0.5)],
  ["pooling", () => maxPool2d(avgPool2d(conv.forward(map), { kernel: 2 }), { kernel: 2 })],
  ["log-softmax, padding and stacking", () => stack([pad(logSoftmax(scaled(sequence)), 1, 1, 0), wide])],
  ["cross-entropy", () => crossEntropyRows(linear.forward(rows), lengths)],
  ["CTC", () => ctcLoss(linear.forward(sequence), indices, lengths)],
  ["checkpoint", () => checkpoint((x) => norm.forward(conv.forward(x)), [map])],
];

describe("memory", () => {
  it.each(programs)("of a training step with %s is given back without a scope", (_, program) => {
    const step = (): number => {
      backward(mean(square(program())));
      return memory.stats().tensors;
    };
    const [, second, third, fourth] = [step(), step(), step(), step()];
    expect([third, fourth]).toEqual([second, second]);
  });

  it.each(programs)("of an evaluation with %s is given back by noGrad", (_, program) => {
    const before = memory.stats().tensors;
    noGrad(() => program().value.dataSync());
    expect(memory.stats().tensors).toBe(before);
  });
});
