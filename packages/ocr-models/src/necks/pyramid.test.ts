import { variable } from "@retort/autograd";
import { assertClose, randomGrid, toTensor } from "@retort/autograd/testing";
import { ShapeError, zeros } from "@retort/tensor";
import { expect, test } from "vitest";
import { joined, summed } from "../../testing/pyramid.js";
import { joinLevels, topDown } from "./pyramid.js";

const grids = [8, 4, 2].map((size, seed) => randomGrid([2, 3, size, 2 * size], { seed }));
const levels = grids.map((level) => variable(toTensor(level, "float32")));

test("what smaller levels say reaches all larger ones", () => {
  const found = topDown(levels);
  for (const [i, level] of summed(grids).entries()) assertClose(found[i].value, level, 1e-5, `level ${i}`);
});

test("levels become channels of one map, the smallest first", () => {
  assertClose(joinLevels(levels).value, joined(grids), 0, "the map");
});

test("levels that are not half as large are refused", () => {
  const odd = [zeros([1, 2, 7, 8]), zeros([1, 2, 4, 4])].map((level) => variable(level));
  expect(() => topDown(odd)).toThrow(ShapeError);
  expect(() => joinLevels(odd)).toThrow(ShapeError);
});
