import { noGrad, Variable, withRandom } from "@retort/autograd";
import { Random, ShapeError, tensor, zeros } from "@retort/tensor";
import { expect, test } from "vitest";
import { parts } from "../testing/small-networks.js";
import { featureOf, type RecognitionOutput } from "./features.js";
import type { MultiHead } from "./heads/multi-head.js";
import { RecognitionNetwork, type RecognitionOptions } from "./recognition-network.js";

const { sar, nrtr } = parts;
const backbone = { ...parts.mobile, scale: 0.125 } as const;
const svtr = { ...parts.svtr, depth: 1 } as const;
const lcnet = { ...parts.lcnet, convKxkNum: 1 } as const;
const v3: RecognitionOptions = {
  backbone,
  head: { name: "MultiHead", ctc: { neck: svtr, head: { fcDecay: 1e-5 } }, sar },
};
const v2: RecognitionOptions = {
  backbone: { ...backbone, lastConvStride: [1, 1], lastPoolType: "max" },
  neck: { encoder: "rnn", hiddenSize: 5 },
  head: { name: "CTCHead", fcDecay: 2e-5, midChannels: 6 },
};
const v4: RecognitionOptions = {
  backbone: lcnet,
  head: { name: "MultiHead", ctc: { neck: { ...svtr, kernelSize: [1, 3] }, head: { fcDecay: 1e-5 } }, nrtr },
};
const classes = { ctc: 7, sar: 9, nrtr: 10 };
const make = (options: RecognitionOptions): RecognitionNetwork =>
  withRandom(new Random(1), () => new RecognitionNetwork(options, classes));
const labels = tensor(Int32Array.from([7, 1, 2, 7, 7, 3, 7, 8]), [2, 4]);

const shapes = (output: RecognitionOutput): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries({ ...output }).map(([name, value]: [string, Variable | object]) => [
      name,
      value instanceof Variable
        ? value.shape
        : Object.fromEntries(Object.entries(value as Record<string, Variable>).map(([k, v]) => [k, v.shape])),
    ]),
  );

test("a network of several heads names its features, in training with SAR, in evaluation without", () => {
  const network = make(v3);
  const images = zeros([2, 3, 48, 32]);
  const common = { backbone_out: [2, 128, 1, 4], neck_out: [2, 4, 12] };
  expect(shapes(noGrad(() => network.forward(images, { labels })))).toEqual({
    ...common,
    head_out: { ctc: [2, 4, 7], ctc_neck: [2, 4, 12], sar: [2, 4, 8] },
  });
  const evaluated = noGrad(() => network.eval().forward(images));
  expect(shapes(evaluated)).toEqual({ ...common, head_out: { ctc: [2, 4, 7], ctc_neck: [2, 4, 12] } });
});

test("a network that NRTR guides names its features; evaluation has NRTR's reading when asked for", () => {
  const network = make(v4);
  const images = zeros([2, 3, 48, 320]);
  const characters = tensor(Int32Array.from([2, 4, 5, 3, 2, 6, 3, 0]), [2, 4]);
  const common = { backbone_out: [2, 128, 1, 40], neck_out: [2, 40, 12] };
  const trained = noGrad(() => network.forward(images, { nrtr: characters }));
  expect(shapes(trained)).toEqual({
    ...common,
    head_out: { ctc: [2, 40, 7], ctc_neck: [2, 40, 12], nrtr: [2, 3, 11] },
  });
  expect(featureOf(trained, "head_out.nrtr").shape).toEqual([2, 3, 11]);
  const evaluated = (): RecognitionOutput => noGrad(() => network.eval().forward(images));
  expect(shapes(evaluated())).toEqual({ ...common, head_out: { ctc: [2, 40, 7], ctc_neck: [2, 40, 12] } });
  (network.head as MultiHead).emitGuide = true;
  expect(featureOf(evaluated(), "head_out.nrtr").shape).toEqual([2, 4, 11]);
});

test("a network with one head returns logits in training and probabilities in evaluation", () => {
  const network = make(v2);
  const images = zeros([2, 3, 32, 32]);
  expect(shapes(noGrad(() => network.forward(images)))).toEqual({
    backbone_out: [2, 128, 1, 8],
    neck_out: [2, 8, 10],
    head_out: [2, 8, 7],
  });
  const evaluated = noGrad(() => featureOf(network.eval().forward(images), "head_out").value.dataSync());
  for (let row = 0; row < 16; row++) {
    const total = Array.from(evaluated.slice(7 * row, 7 * row + 7)).reduce((sum, p) => sum + p, 0);
    expect(total).toBeCloseTo(1, 5);
  }
});

test("images of a height that leaves more than one row are refused", () => {
  expect(() => noGrad(() => make(v2).forward(zeros([1, 3, 64, 32])))).toThrow(ShapeError);
});

test("a feature is found by its name", () => {
  const output = noGrad(() => make(v3).forward(zeros([2, 3, 48, 32]), { labels }));
  const head = output.head_out as { ctc: Variable; sar: Variable };
  expect(featureOf(output, "backbone_out")).toBe(output.backbone_out);
  expect(featureOf(output, "head_out")).toBe(head.ctc);
  expect(featureOf(output, "head_out.ctc")).toBe(head.ctc);
  expect(featureOf(output, "head_out.sar")).toBe(head.sar);
  const { neck_out: _, ...without } = output;
  expect(() => featureOf(without, "neck_out")).toThrow("the network gives no neck_out, only backbone_out, head_out");
  const { sar: _sar, ...ctcOnly } = output.head_out as { ctc: Variable; ctc_neck: Variable; sar: Variable };
  expect(() => featureOf({ ...output, head_out: ctcOnly }, "head_out.sar")).toThrow(
    "the network gives no head_out.sar, only backbone_out, neck_out, head_out.ctc, head_out.ctc_neck",
  );
});

test("the only output of a single head is also its part", () => {
  const output = noGrad(() => make(v2).forward(zeros([1, 3, 32, 32])));
  expect(featureOf(output, "head_out.ctc")).toBe(output.head_out);
});
