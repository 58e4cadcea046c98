import { noGrad, variable, withRandom } from "@retort/autograd";
import { assertClose, gridOf, randomGrid, toTensor } from "@retort/autograd/testing";
import { blindDevice, Random, withDevice, zeros } from "@retort/tensor";
import { expect, test } from "vitest";
import { PPLCNetV3, type PPLCNetV3Options } from "./pp-lcnet-v3.js";

const options: PPLCNetV3Options = { scale: 0.25, convKxkNum: 2, lrMultList: [1, 1, 1, 1, 1, 1], labLr: 0.1 };
const make = (more: Partial<PPLCNetV3Options> = {}): PPLCNetV3 =>
  withRandom(new Random(1), () => new PPLCNetV3({ ...options, ...more }));

test("channels are multiples of 16, as the reference rounds them", () => {
  const found = [0.25, 0.5, 0.75, 0.95, 1].map((scale) =>
    withDevice(blindDevice(), () => make({ scale, convKxkNum: 1 })),
  );
  expect(found.map(({ outChannels }) => outChannels)).toEqual([128, 256, 384, 480, 512]);
  expect(found.map(({ conv1 }) => conv1.conv.weight.shape[0])).toEqual([16, 16, 16, 16, 16]);
});

/** Shapes in training and in evaluation for an image 3 x height x width. */
function shapesOf(backbone: PPLCNetV3, height: number, width: number): (readonly number[])[] {
  return [true, false].map((training) => {
    backbone.train(training);
    return noGrad(() => backbone.forward(zeros([1, 3, height, width]))).shape;
  });
}

test("training pools to 40 columns whatever the image is, evaluation by [3, 2]", () => {
  const backbone = make();
  expect(shapesOf(backbone, 48, 320)).toEqual([
    [1, 128, 1, 40],
    [1, 128, 1, 40],
  ]);
  expect(shapesOf(backbone, 48, 160)).toEqual([
    [1, 128, 1, 40],
    [1, 128, 1, 20],
  ]);
});

test("a pool of its own is the same in training and in evaluation", () => {
  expect(shapesOf(make({ lastPoolKernelSize: [3, 1] }), 48, 160)).toEqual([
    [1, 128, 1, 40],
    [1, 128, 1, 40],
  ]);
});

test("learning rates have the factor of their stage, scales and offsets a further one", () => {
  const backbone = make({ lrMultList: [0.5, 2, 3, 4, 5, 6], labLr: 0.1 });
  const rates = new Map(
    [...backbone.namedParameters()].map(([key, { learningRateScale }]) => [key, learningRateScale]),
  );
  expect(rates.get("conv1.conv.weight")).toBe(0.5);
  for (const [stage, rate] of [2, 3, 4, 5, 6].entries()) {
    const own = [...rates].filter(([key]) => key.startsWith(`blocks${stage + 2}.`));
    expect(new Set(own.filter(([key]) => !key.includes(".lab.")).map(([, value]) => value))).toEqual(new Set([rate]));
    expect(new Set(own.filter(([key]) => key.includes(".lab.")).map(([, value]) => value))).toEqual(
      new Set([rate * 0.1]),
    );
  }
  expect(rates.get("blocks6.0.se.conv1.bias")).toBe(6);
});

test("evaluation gives the same recorded and by fused convolutions", () => {
  const backbone = make();
  const images = toTensor(randomGrid([2, 3, 48, 40]), "float32");
  // Until the running statistics are near the batch's, each layer enlarges its map.
  for (let step = 0; step < 40; step++) noGrad(() => backbone.forward(images));
  backbone.eval();
  const recorded = backbone.forward(variable(images)).value;
  const fused = noGrad(() => backbone.forward(images)).value;
  assertClose(fused, gridOf(recorded.dataSync(), recorded.shape), 1e-4, "fused");
});
