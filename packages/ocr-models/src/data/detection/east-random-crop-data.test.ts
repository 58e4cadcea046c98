import { Random } from "@retort/tensor/random";
import { describe, expect, test } from "vitest";
import { randomPicture, rowsOf } from "../../../../../fixtures/pictures.js";
import { rectangle } from "../../../../../fixtures/rectangle.js";
import type { Options } from "../options.js";
import { pixelsOf, type Sample } from "../sample.js";
import { eastRandomCropData } from "./east-random-crop-data.js";
import type { Region } from "./region.js";

const region = (left: number, top: number, right: number, bottom: number, more: Partial<Region> = {}): Region => ({
  points: rectangle(left, top, right, bottom),
  text: `${left}`,
  ignore: false,
  ...more,
});

const picture = randomPicture(60, 90);
const regions = [region(10, 10, 30, 20), region(50, 30, 80, 45), region(12, 44, 40, 52, { ignore: true })];

async function run(options: Options, seed = 0, some: readonly Region[] = regions): Promise<Sample> {
  const read = (): Promise<never> => Promise.reject(new Error("no file"));
  const sample: Sample = { path: "", label: "", read, picture, regions: some, fields: {} };
  return (await eastRandomCropData(options)(sample, { random: new Random(seed) })) as Sample;
}

test("the whole picture in proportion, black below it", async () => {
  const sample = await run({ size: [90, 80] }, 0, [region(-5, 5, 200, 50)]);
  const rows = rowsOf(pixelsOf("the test", sample));
  expect(rows).toHaveLength(80);
  expect(rows.slice(0, 60)).toEqual(rowsOf(picture));
  expect(
    rows
      .slice(60)
      .flat(2)
      .every((value) => value === 0),
  ).toBe(true);
  expect(sample.regions).toEqual([region(-5, 5, 200, 50)]);
});

test("regions move and grow with the part; those outside are dropped", async () => {
  for (let seed = 0; seed < 100; seed++) {
    const { regions: found = [] } = await run({ size: [64, 64], max_tries: 50 }, seed);
    expect(found.length).toBeGreaterThanOrEqual(1);
    const { points, text } = found[0];
    const source = regions.find((one) => one.text === text) as Region;
    const scale = (points[1][0] - points[0][0]) / (source.points[1][0] - source.points[0][0]);
    const [left, top] = [0, 1].map((axis) => source.points[0][axis] - points[0][axis] / scale);
    expect(left).toBeGreaterThan(-1e-9);
    expect(top).toBeGreaterThan(-1e-9);
    for (const one of found) {
      const from = regions.find((other) => other.text === one.text) as Region;
      expect(one.ignore).toBe(from.ignore);
      one.points.forEach(([x, y], i) => {
        expect(x).toBeCloseTo((from.points[i][0] - left) * scale, 6);
        expect(y).toBeCloseTo((from.points[i][1] - top) * scale, 6);
      });
    }
    for (const { points: corners } of found) {
      expect(corners.some(([x]) => x >= 0 && x <= 64)).toBe(true);
    }
  }
});

test("the picture goes where its regions go", async () => {
  // A picture whose colours say where a pixel is from.
  const data = Uint8Array.from(
    { length: 200 * 200 * 3 },
    (_, i) => [Math.floor(i / 3) % 200, Math.floor(i / 600), 0][i % 3],
  );
  const sample: Sample = {
    path: "",
    label: "",
    read: () => Promise.reject(new Error("no file")),
    picture: { data, width: 200, height: 200 },
    regions: [region(60, 70, 90, 100)],
    fields: {},
  };
  for (let seed = 0; seed < 20; seed++) {
    const cropped = (await eastRandomCropData({ size: [128, 128] })(sample, { random: new Random(seed) })) as Sample;
    const [x, y] = (cropped.regions as Region[])[0].points[0].map(Math.round);
    if (x < 2 || y < 2 || x > 120 || y > 120) continue;
    const found = rowsOf(pixelsOf("the test", cropped))[y][x];
    expect(Math.abs(found[0] - 60)).toBeLessThanOrEqual(2);
    expect(Math.abs(found[1] - 70)).toBeLessThanOrEqual(2);
  }
});

test("keep_ratio: false fills the size, and regions with it", async () => {
  const all = [region(-5, 5, 200, 50)];
  const sample = await run({ size: [45, 120], keep_ratio: false }, 0, all);
  const { width, height, data } = pixelsOf("the test", sample);
  expect([width, height]).toEqual([45, 120]);
  expect(data.subarray(119 * 45 * 3).some((value) => value > 0)).toBe(true);
  expect(sample.regions?.[0].points).toEqual(all[0].points.map(([x, y]) => [x / 2, y * 2]));
});

test("the same draws give the same part", async () => {
  expect(await run({ size: [64, 64] }, 5)).toEqual({
    ...(await run({ size: [64, 64] }, 5)),
    read: expect.any(Function),
  });
  const parts = await Promise.all([1, 2, 3, 4].map((seed) => run({ size: [64, 64] }, seed)));
  expect(new Set(parts.map(({ regions: found }) => JSON.stringify(found))).size).toBeGreaterThan(1);
});

describe("wrong options are errors", () => {
  test.each<[Options, string]>([
    [{ size: 640 }, "EastRandomCropData.size: expected a list of numbers, found 640"],
    [{ size: [640] }, "EastRandomCropData.size: expected [width, height], found [640]"],
    [{ size: [640, 0.5] }, "EastRandomCropData.size: expected [width, height]"],
    [{ max_tries: 0 }, "EastRandomCropData.max_tries: expected a whole number from 1 on, found 0"],
    [{ min_crop_side_ratio: 2 }, "EastRandomCropData.min_crop_side_ratio: expected a probability"],
    [{ keep_ratios: true }, 'unknown option "keep_ratios"; did you mean "keep_ratio"?'],
  ])("%j", (options, message) => expect(() => eastRandomCropData(options)).toThrow(message));
});
