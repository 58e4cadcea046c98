import { expect, test } from "vitest";
import { loadOpenCv } from "../opencv.js";
import { scaleBrightness } from "./brightness.js";

/** One row of pixels of the given colours. */
const row = (colours: number[][]): { data: Uint8Array; height: number; width: number } => ({
  data: Uint8Array.from(colours.flat()),
  height: 1,
  width: colours.length,
});

test.each([1, 1.001, 0.999, 0.5, 1.7])("greys times %f are cut to integers", async (factor) => {
  const { cv } = await loadOpenCv();
  const greys = Array.from({ length: 256 }, (_, value) => [value, value, value]);
  const { data, width } = scaleBrightness(cv, row(greys), factor);
  expect(width).toBe(256);
  const expected = greys.flatMap((grey) => grey.map((value) => Math.floor(Math.min(255, value * factor))));
  expect([...data]).toEqual(expected);
});

test("saturated colours keep their hue, and the picture given stays as it is", async () => {
  const { cv } = await loadOpenCv();
  const source = row([
    [200, 0, 0],
    [0, 200, 0],
    [0, 0, 200],
    [200, 0, 200],
  ]);
  const half = scaleBrightness(cv, source, 0.5);
  expect([...half.data]).toEqual([100, 0, 0, 0, 100, 0, 0, 0, 100, 100, 0, 100]);
  expect(source.data[0]).toBe(200);
});
