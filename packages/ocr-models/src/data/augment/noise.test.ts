import { Random } from "@retort/tensor/random";
import { expect, test } from "vitest";
import { randomPicture } from "../../../../../fixtures/pictures.js";
import { addNoise } from "./noise.js";

test("half of the values lose 1, those of 0 stay", () => {
  const source = randomPicture(50, 61);
  const before = source.data.slice();
  const { data, height, width } = addNoise(source, new Random(3));
  expect([height, width]).toEqual([50, 61]);
  expect(source.data).toEqual(before);
  const changes = Array.from(data, (value, i) => before[i] - value);
  expect(new Set(changes)).toEqual(new Set([0, 1]));
  expect(changes.filter((change, i) => before[i] === 0 && change !== 0)).toEqual([]);
  const above = before.filter((value) => value > 0).length;
  // Five deviations of a fair coin.
  expect(Math.abs(changes.filter((change) => change === 1).length - above / 2)).toBeLessThan(2.5 * Math.sqrt(above));
});

test("it depends on the generator only", () => {
  const source = randomPicture(9, 11);
  expect(addNoise(source, new Random(3))).toEqual(addNoise(source, new Random(3)));
  expect(addNoise(source, new Random(4))).not.toEqual(addNoise(source, new Random(3)));
});
