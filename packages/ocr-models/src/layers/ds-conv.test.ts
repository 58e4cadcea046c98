import { withRandom } from "@retort/autograd";
import { assertClose, type Grid, grid, randomGrid, toTensor } from "@retort/autograd/testing";
import { assign, Random } from "@retort/tensor";
import { expect, test } from "vitest";
import { convolved } from "../../testing/convolved.js";
import { DsConv } from "./ds-conv.js";

/** Scale and shift of each channel, and what is below `least` raised to it. */
const normalized = (x: Grid, scale: Grid, shift: Grid, least = Number.NEGATIVE_INFINITY): Grid =>
  grid(x.shape, (n, c, y, z) => Math.max(least, x.at(n, c, y, z) * scale.at(c) + shift.at(c)));

const plus = (a: Grid, b: Grid): Grid => grid(a.shape, (...at) => a.at(...at) + b.at(...at));

test.each([
  ["to other channels, with a further convolution of the input", 4, 6],
  ["to the same channels", 4, 4],
])("%s", (_name, inputs, outputs) => {
  const layer = withRandom(new Random(3), () => new DsConv(inputs, outputs, 5)).eval();
  const set = (key: string, seed: number): Grid => {
    const tensor = layer.stateDict().get(key);
    if (tensor === undefined) throw new Error(`no ${key}`);
    const value = randomGrid(tensor.shape, { seed, low: -0.5, high: 0.5 });
    assign(tensor, toTensor(value, "float32"));
    return value;
  };
  const keys = [1, 2].flatMap((i) => [`conv${i}.weight`, `bn${i}.weight`, `bn${i}.bias`]);
  const [depthwise, scale1, shift1, widened, scale2, shift2, narrowed] = [...keys, "conv3.weight"].map(set);
  const x = randomGrid([2, inputs, 3, 4], { seed: 20 });
  const first = normalized(convolved(x, depthwise, { groups: inputs }), scale1, shift1);
  const second = normalized(convolved(first, widened), scale2, shift2, 0);
  const main = convolved(second, narrowed);
  const expected = inputs === outputs ? main : plus(main, convolved(x, set("conv_end.weight", 30)));
  expect(layer.stateDict().has("conv_end.weight")).toBe(inputs !== outputs);
  // Running variances of 1 are divided by √(1 + 1e-5).
  assertClose(layer.forward(toTensor(x, "float32")).value, expected, 1e-4, "the map");
});
