import { withRandom } from "@retort/autograd";
import { assertClose, type Grid, grid, randomGrid, toTensor } from "@retort/autograd/testing";
import { assign, Random } from "@retort/tensor";
import { test } from "vitest";
import { SqueezeExcitation } from "./squeeze-excitation.js";

test.each([1 / 6, 0.2])("channels are weighed by their averages, with a slope of %d", (slope) => {
  const block = withRandom(new Random(3), () => new SqueezeExcitation(8, { slope }));
  const [w1, b1, w2, b2] = [...block.stateDict().values()].map((tensor, seed) => {
    const value = randomGrid(tensor.shape, { seed, low: -3, high: 3 });
    assign(tensor, toTensor(value, "float32"));
    return value;
  });
  const x = randomGrid([2, 8, 3, 2], { seed: 9, low: -1, high: 2 });
  const average = grid([2, 8], (n, c) => {
    let sum = 0;
    for (let y = 0; y < 3; y++) for (let z = 0; z < 2; z++) sum += x.at(n, c, y, z);
    return sum / 6;
  });
  const linear = (inputs: number, value: (c: number) => number, weight: Grid, o: number): number => {
    let sum = 0;
    for (let c = 0; c < inputs; c++) sum += weight.at(o, c, 0, 0) * value(c);
    return sum;
  };
  const weights = grid([2, 8], (n, o) => {
    const inner = [0, 1].map((i) => Math.max(0, linear(8, (c) => average.at(n, c), w1, i) + b1.at(i)));
    return Math.min(1, Math.max(0, slope * (linear(2, (i) => inner[i], w2, o) + b2.at(o)) + 0.5));
  });
  const expected = grid(x.shape, (n, c, y, z) => x.at(n, c, y, z) * weights.at(n, c));
  assertClose(block.forward(toTensor(x, "float32")).value, expected, 1e-5, "the map");
});
