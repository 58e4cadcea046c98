import { backward, noGrad, sum, variable, withRandom } from "@retort/autograd";
import { BatchNorm } from "@retort/autograd/nn";
import { assertClose, gridOf, randomGrid, toTensor } from "@retort/autograd/testing";
import { assign, Random, tensor } from "@retort/tensor";
import { expect, test } from "vitest";
import { RepLayer } from "./rep-layer.js";

/** Gives every norm and every affine map values that are no ones and zeros. */
function unsettle(layer: RepLayer, random: Random): void {
  for (const module of layer.modules()) {
    if (!(module instanceof BatchNorm)) continue;
    for (const value of [module.weight.value, module.bias.value, module._mean.value, module._variance.value]) {
      assign(value, tensor(Float32Array.from({ length: value.size }, () => 0.5 + random.uniform())));
    }
  }
  for (const [i, lab] of [layer.lab, layer.act.lab].entries()) {
    assign(lab.scale.value, tensor([0.7 + i]));
    assign(lab.bias.value, tensor([0.3 - i]));
  }
}

test.each([
  ["depthwise, with the input itself", 6, 6, 5, [1, 1], 6],
  ["depthwise with a stride", 6, 6, 3, [2, 1], 6],
  ["depthwise with a stride of 2 by 2", 6, 6, 5, [2, 2], 6],
  ["pointwise, with the input itself", 4, 4, 1, [1, 1], 1],
  ["pointwise to other channels", 4, 6, 1, [1, 1], 1],
] as const)(
  "%s: one convolution gives in evaluation what all branches give",
  (_name, inputs, outputs, kernel, stride, groups) => {
    const random = new Random(5);
    const options = { kernel, stride, groups, branches: 3, learningRateScale: 1, affineRateScale: 0.1 };
    const layer = withRandom(random, () => new RepLayer(inputs, outputs, options));
    unsettle(layer, random);
    layer.eval();
    const x = toTensor(randomGrid([2, inputs, 5, 7]), "float32");
    const branches = layer.forward(variable(x)).value;
    const fused = noGrad(() => layer.forward(x)).value;
    expect(branches.shape).toEqual([2, outputs, Math.ceil(5 / stride[0]), Math.ceil(7 / stride[1])]);
    assertClose(fused, gridOf(branches.dataSync(), branches.shape), 1e-5, "fused");
  },
);

test("in training without recording the branches use the batch's statistics", () => {
  const options = { kernel: 3, groups: 4, branches: 2, learningRateScale: 1, affineRateScale: 1 };
  const layer = withRandom(new Random(5), () => new RepLayer(4, 4, { ...options, stride: [1, 1] }));
  const x = toTensor(randomGrid([2, 4, 3, 6], { low: 3, high: 5 }), "float32");
  const recorded = layer.forward(variable(x)).value;
  assertClose(noGrad(() => layer.forward(x)).value, gridOf(recorded.dataSync(), recorded.shape), 1e-6, "unrecorded");
  layer.eval();
  const evaluated = noGrad(() => layer.forward(x)).value;
  expect([...evaluated.dataSync()]).not.toEqual([...recorded.dataSync()]);
});

test("each kind of parameter has its own L2 and learning rate", () => {
  const options = { kernel: 3, groups: 4, branches: 1, learningRateScale: 0.5, affineRateScale: 0.25 };
  const layer = new RepLayer(4, 4, { ...options, stride: [1, 1] });
  const found = Object.fromEntries(
    [...layer.namedParameters()].map(([key, { l2, learningRateScale }]) => [key, [l2, learningRateScale]]),
  );
  expect(found).toEqual({
    "identity.weight": [undefined, 0.5],
    "identity.bias": [undefined, 0.5],
    "conv_kxk.0.conv.weight": [undefined, 0.5],
    "conv_kxk.0.bn.weight": [0, 0.5],
    "conv_kxk.0.bn.bias": [0, 0.5],
    "conv_1x1.conv.weight": [undefined, 0.5],
    "conv_1x1.bn.weight": [0, 0.5],
    "conv_1x1.bn.bias": [0, 0.5],
    "lab.scale": [undefined, 0.125],
    "lab.bias": [undefined, 0.125],
    "act.lab.scale": [undefined, 0.125],
    "act.lab.bias": [undefined, 0.125],
  });
});

test("with a stride of 2 by 2 nothing follows the first scale and offset", () => {
  const options = { kernel: 3, groups: 4, branches: 2, learningRateScale: 1, affineRateScale: 1 };
  const layer = withRandom(new Random(5), () => new RepLayer(4, 4, { ...options, stride: [2, 2] }));
  const x = toTensor(randomGrid([2, 4, 6, 6]), "float32");
  const before = gridOf(layer.forward(x).value.dataSync(), [2, 4, 3, 3]);
  assign(layer.lab.scale.value, tensor([-2]));
  assign(layer.lab.bias.value, tensor([0.5]));
  const after = layer.forward(x);
  assertClose(
    after.value,
    gridOf(
      before.values.map((value) => 0.5 - 2 * value),
      before.shape,
    ),
    1e-5,
    "scaled",
  );
  const gradients = backward(sum(after));
  expect(gradients.has(layer.lab.scale)).toBe(true);
  expect(gradients.has(layer.act.lab.scale)).toBe(false);
});
