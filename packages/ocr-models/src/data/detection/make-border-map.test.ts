import { Random } from "@retort/tensor/random";
import { describe, expect, test } from "vitest";
import { rectangle } from "../../../../../fixtures/rectangle.js";
import type { Options } from "../options.js";
import type { Sample } from "../sample.js";
import { makeBorderMap } from "./make-border-map.js";
import { blackPicture } from "./paste.js";
import type { Region } from "./region.js";

const [width, height] = [60, 40];

const box = (left: number, top: number, right: number, bottom: number, ignore = false): Region => ({
  points: rectangle(left, top, right, bottom),
  text: "a",
  ignore,
});

async function run(regions: readonly Region[], options: Options = {}, epoch?: number): Promise<Sample> {
  const read = (): Promise<never> => Promise.reject(new Error("no file"));
  const sample = { path: "", label: "", read, picture: blackPicture(width, height), regions, fields: {} };
  return (await makeBorderMap(options)(sample, { random: new Random(0), epoch })) as Sample;
}

const maps = ({ fields }: Sample): [Float32Array, Float32Array] => [
  fields.threshold_map.data as Float32Array,
  fields.threshold_mask.data as Float32Array,
];

// 30 x 12: area 360, circumference 84.
const region = box(15, 14, 45, 26);
const reach = (360 * 0.84) / 84;

test("values fall from the edges, the mask is the region grown", async () => {
  const [map, mask] = maps(await run([region]));
  for (let x = 0; x < width; x++) {
    // Through the middle of the region, seen from its right and left edges, the others being further than that.
    const distance = Math.min(Math.abs(x - 15), Math.abs(x - 45), x > 15 && x < 45 ? 6 : 99);
    const expected = 0.3 + 0.4 * (1 - Math.min(1, distance / reach));
    expect(map[20 * width + x]).toBeCloseTo(expected, 6);
    expect(mask[20 * width + x]).toBe(x >= 15 - 4 && x <= 45 + 4 ? 1 : 0);
  }
  expect(map[14 * width + 30]).toBeCloseTo(0.7, 6);
  expect(mask[0]).toBe(0);
});

test("what a border is at most and at least", async () => {
  const [map] = maps(await run([region], { thresh_min: 0.1, thresh_max: 0.9 }));
  expect(map[0]).toBe(Math.fround(0.1));
  expect(map[14 * width + 30]).toBeCloseTo(0.9, 6);
});

test("the higher of two borders counts; what is ignored has none", async () => {
  const other = box(15, 28, 45, 38);
  const [both] = maps(await run([region, other]));
  const [[first], [second]] = [maps(await run([region])), maps(await run([other]))];
  expect(both).toEqual(first.map((value, i) => Math.max(value, second[i])));
  const ignored = await run([region, { ...other, ignore: true }]);
  expect(maps(ignored)).toEqual(maps(await run([region])));
});

test("regions reach beyond the picture, and those outside or without area change nothing", async () => {
  const [map, mask] = maps(await run([box(-10, -8, 20, 4)]));
  expect(map[4 * width + 5]).toBeCloseTo(0.7, 6);
  expect(mask[0]).toBe(1);
  const none = maps(await run([]));
  expect(maps(await run([box(-90, 0, -50, 20), box(5, 5, 5, 20)]))).toEqual(none);
  expect(none[0]).toEqual(new Float32Array(width * height).fill(0.3));
});

test("with total_epoch borders grow narrower", async () => {
  const sum = async (epoch: number): Promise<number> => {
    const [, mask] = maps(await run([region], { total_epoch: 10 }, epoch));
    return mask.reduce((total, value) => total + value, 0);
  };
  expect(await sum(0)).toBe(maps(await run([region]))[1].reduce((total, value) => total + value, 0));
  expect(await sum(9)).toBeLessThan(await sum(0));
});

describe("wrong use is an error", () => {
  test("of options", () => {
    expect(() => makeBorderMap({ thresh_min: 0.7 })).toThrow("thresh_max has to be above thresh_min, which is 0.7");
    expect(() => makeBorderMap({ shrink_ratio: 2 })).toThrow("MakeBorderMap.shrink_ratio");
  });
  test("without regions", () => {
    const run = () =>
      makeBorderMap({})(
        { path: "", label: "", read: () => Promise.reject(), picture: blackPicture(2, 2), fields: {} },
        { random: new Random(0) },
      );
    expect(run).toThrow("MakeBorderMap needs the regions of text: put DetLabelEncode before it");
  });
});
