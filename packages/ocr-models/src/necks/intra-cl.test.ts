import { withRandom } from "@retort/autograd";
import { assertClose, type Grid, grid, randomGrid, toTensor } from "@retort/autograd/testing";
import { assign, Random } from "@retort/tensor";
import { expect, test } from "vitest";
import { convolved } from "../../testing/convolved.js";
import { IntraCl } from "./intra-cl.js";

test("squares, columns and rows of 7, 5 and 3 are summed in turn, normalized and added to the input", () => {
  const block = withRandom(new Random(3), () => new IntraCl(4)).eval();
  const state = new Map(
    [...block.stateDict()].map(([key, tensor], seed): [string, Grid] => {
      const value = randomGrid(tensor.shape, { seed, low: -0.4, high: 0.4 });
      if (!key.startsWith("bn._")) assign(tensor, toTensor(value, "float32"));
      return [key, value];
    }),
  );
  const of = (key: string): Grid => state.get(key) as Grid;
  const through = (x: Grid, name: string): Grid => convolved(x, of(`${name}.weight`), { bias: of(`${name}.bias`) });
  const x = randomGrid([2, 4, 5, 8], { seed: 50 });
  let inner = through(x, "conv1x1_reduce_channel");
  for (const size of [7, 5, 3]) {
    const names = [`c_layer_${size}x${size}`, `v_layer_${size}x1`, `q_layer_1x${size}`];
    const [square, column, row] = names.map((name) => through(inner, name));
    inner = grid(square.shape, (...at) => square.at(...at) + column.at(...at) + row.at(...at));
  }
  const back = through(inner, "conv1x1_return_channel");
  const [scale, shift] = [of("bn.weight"), of("bn.bias")];
  const expected = grid(x.shape, (n, c, y, z) => {
    return x.at(n, c, y, z) + Math.max(0, back.at(n, c, y, z) * scale.at(c) + shift.at(c));
  });
  assertClose(block.forward(toTensor(x, "float32")).value, expected, 1e-4, "the map");
  expect(of("v_layer_7x1.weight").shape).toEqual([2, 2, 7, 1]);
  expect(of("q_layer_1x5.weight").shape).toEqual([2, 2, 1, 5]);
});

test("convolutions start without bias", () => {
  const block = withRandom(new Random(3), () => new IntraCl(4));
  const biases = [...block.stateDict()].filter(([key]) => key.endsWith(".bias"));
  expect(biases).toHaveLength(12);
  for (const [, bias] of biases) expect([...bias.dataSync()]).toEqual(new Array(bias.size).fill(0));
});
