import { withRandom } from "@retort/autograd";
import { fans, kaimingNormal } from "@retort/autograd/nn";
import { Random } from "@retort/tensor";
import { expect, test } from "vitest";
import { paddleNormal } from "./paddle-normal.js";

test("the deviation counts the channels of all groups", () => {
  const values = Array.from(withRandom(new Random(4), () => paddleNormal(200)([200, 1, 5, 5])).dataSync());
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  expect(deviation / Math.sqrt(2 / (200 * 25))).toBeCloseTo(1, 1);
  expect(fans([200, 1, 5, 5]).fanIn).toBe(25);
});

test("without groups it is He's", () => {
  const shape = [8, 6, 3, 3];
  const [ours, he] = [paddleNormal(6), kaimingNormal].map((make) => withRandom(new Random(4), () => make(shape)));
  expect([...ours.dataSync()]).toEqual([...he.dataSync()]);
});
