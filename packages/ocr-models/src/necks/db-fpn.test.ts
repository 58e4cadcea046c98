import { variable, withRandom } from "@retort/autograd";
import { assertClose, type Grid, gridOf, randomGrid, toTensor } from "@retort/autograd/testing";
import { Random, type Tensor } from "@retort/tensor";
import { expect, test } from "vitest";
import { convolved } from "../../testing/convolved.js";
import { joined, summed } from "../../testing/pyramid.js";
import { DbFpn } from "./db-fpn.js";

test("a pyramid is narrowed, summed from small to large, narrowed again and joined", () => {
  const neck = withRandom(new Random(1), () => new DbFpn([2, 3, 5], { outChannels: 8 }));
  const state = neck.stateDict();
  expect([...state].map(([key, { shape }]) => [key, [...shape]])).toEqual([
    ["in2_conv.weight", [8, 2, 1, 1]],
    ["in3_conv.weight", [8, 3, 1, 1]],
    ["in4_conv.weight", [8, 5, 1, 1]],
    ["p2_conv.weight", [2, 8, 3, 3]],
    ["p3_conv.weight", [2, 8, 3, 3]],
    ["p4_conv.weight", [2, 8, 3, 3]],
  ]);
  const weight = (key: string): Grid => {
    const value = state.get(`${key}_conv.weight`) as Tensor;
    return gridOf(value.dataSync(), value.shape);
  };
  const maps = [2, 3, 5].map((channels, level) =>
    randomGrid([2, channels, 8 / 2 ** level, 12 / 2 ** level], { seed: level }),
  );
  const inner = summed(maps.map((map, i) => convolved(map, weight(`in${i + 2}`))));
  const expected = joined(inner.map((map, i) => convolved(map, weight(`p${i + 2}`))));
  const found = neck.forward(maps.map((map) => variable(toTensor(map, "float32"))));
  assertClose(found.value, expected, 1e-4, "the map");
});
