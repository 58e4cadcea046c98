import { Random } from "@retort/tensor/random";
import { describe, expect, test } from "vitest";
import { randomPicture } from "../../../../../../fixtures/pictures.js";
import { loadOpenCv } from "../../opencv.js";
import { drawFrom, readRange, sometimes } from "./augmenter.js";

describe("ranges", () => {
  test("are a number, or two of them", () => {
    expect(readRange("A", { rotate: 5 }, "rotate")).toEqual([5, 5]);
    expect(readRange("A", { rotate: [-10, 10] }, "rotate")).toEqual([-10, 10]);
    expect(readRange("A", {}, "rotate", [0, 1])).toEqual([0, 1]);
  });
  test.each([[undefined], ["5"], [[1]], [[1, 2, 3]], [[2, 1]], [[0, null]], [{ x: 1 }], [[-1, 1]]])(
    "%j is no range above 0",
    (size) => {
      const read = () => readRange("Resize", { size }, "size", undefined, (value) => value > 0);
      expect(read).toThrow("Resize.size: expected a number, or [least, greatest], found");
    },
  );
});

test("numbers are drawn from all of a range", () => {
  const random = new Random(1);
  const drawn = Array.from({ length: 2000 }, () => drawFrom([-10, 30], random));
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(-10);
  expect(Math.max(...drawn)).toBeLessThan(30);
  // Five deviations of the mean of so many.
  const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
  expect(Math.abs(mean - 10)).toBeLessThan((5 * 40) / Math.sqrt(12 * drawn.length));
  expect(drawFrom([4, 4], random)).toBe(4);
});

test.each([0, 0.3, 1])("with probability %f", async (chance) => {
  const { cv } = await loadOpenCv();
  const picture = randomPicture(2, 2);
  const inverted = { ...picture, data: picture.data.map((value) => 255 - value) };
  const augment = sometimes(chance, () => ({ picture: inverted }));
  const count = 2000;
  let times = 0;
  for (let seed = 0; seed < count; seed++) if (augment(cv, picture, new Random(seed)).picture === inverted) times++;
  expect(Math.abs(times - chance * count)).toBeLessThanOrEqual(5 * Math.sqrt(count * chance * (1 - chance)));
});
