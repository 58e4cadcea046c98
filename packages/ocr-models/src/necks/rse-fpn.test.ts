import { variable, withRandom } from "@retort/autograd";
import { assertClose, type Grid, gridOf, randomGrid, toTensor } from "@retort/autograd/testing";
import { Random, type Tensor } from "@retort/tensor";
import { expect, test } from "vitest";
import { convolved } from "../../testing/convolved.js";
import { joined, plus, summed } from "../../testing/pyramid.js";
import { RseFpn } from "./rse-fpn.js";

const gridOfTensor = (value: Tensor): Grid => gridOf(value.dataSync(), value.shape);
const make = (shortcut: boolean, intracl = false): RseFpn =>
  withRandom(new Random(1), () => new RseFpn([2, 3, 5], { outChannels: 16, shortcut, intracl }));

test.each([true, false])("a pyramid is weighed by channel on both ways; with the input added: %s", (shortcut) => {
  const neck = make(shortcut);
  const layer = (layers: RseFpn["ins_conv"], i: number, x: Grid): Grid => {
    const { in_conv, se_block } = layers[i];
    const map = convolved(x, gridOfTensor(in_conv.weight.value));
    const weighed = gridOfTensor(se_block.forward(toTensor(map, "float32")).value);
    return shortcut ? plus(map, weighed) : weighed;
  };
  const maps = [2, 3, 5].map((channels, level) =>
    randomGrid([2, channels, 8 / 2 ** level, 12 / 2 ** level], { seed: level }),
  );
  const inner = summed(maps.map((map, i) => layer(neck.ins_conv, i, map)));
  const expected = joined(inner.map((map, i) => layer(neck.inp_conv, i, map)));
  const found = neck.forward(maps.map((map) => variable(toTensor(map, "float32"))));
  assertClose(found.value, expected, 1e-4, "the map");
});

test("blocks that see the surroundings stand under the reference's keys", () => {
  const keys = [...make(true, true).stateDict().keys()];
  expect(keys.filter((key) => key.endsWith("bn.weight"))).toEqual([1, 2, 3, 4].map((i) => `incl${i}.bn.weight`));
  expect([...make(true).stateDict().keys()].some((key) => key.startsWith("incl"))).toBe(false);
});
