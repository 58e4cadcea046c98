import { Random } from "@retort/tensor/random";
import { describe, expect, test } from "vitest";
import { rectangle } from "../../../../../fixtures/rectangle.js";
import type { Point } from "../../geometry/polygon.js";
import type { Options } from "../options.js";
import type { Sample } from "../sample.js";
import { makeShrinkMap } from "./make-shrink-map.js";
import { blackPicture } from "./paste.js";
import type { Region } from "./region.js";

const [width, height] = [80, 60];

const region = (points: Point[], ignore = false): Region => ({ points, text: "a", ignore });

const box = (left: number, top: number, right: number, bottom: number, ignore = false): Region =>
  region(rectangle(left, top, right, bottom), ignore);

async function run(regions: readonly Region[], options: Options = {}, epoch?: number): Promise<Sample> {
  const read = (): Promise<never> => Promise.reject(new Error("no file"));
  const sample = { path: "", label: "", read, picture: blackPicture(width, height), regions, fields: {} };
  return (await makeShrinkMap(options)(sample, { random: new Random(0), epoch })) as Sample;
}

/** The box around the 1s (or 0s) of a map, or undefined without any. */
function boxOf({ fields }: Sample, name: "shrink_map" | "shrink_mask", value: number): number[] | undefined {
  const pixels = Array.from(fields[name].data.keys()).filter((i) => fields[name].data[i] === value);
  if (pixels.length === 0) return undefined;
  const [xs, ys] = [pixels.map((i) => i % width), pixels.map((i) => Math.floor(i / width))];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

test("a rectangle is shrunk by area * (1 - ratio^2) / circumference on each side", async () => {
  // 40 x 20: 800 * 0.84 / 120 = 5.6, and corners are whole pixels.
  const shrunken = await run([box(10, 10, 50, 30)]);
  expect(boxOf(shrunken, "shrink_map", 1)).toEqual([16, 16, 44, 24]);
  expect(boxOf(shrunken, "shrink_mask", 0)).toBeUndefined();
  expect(shrunken.fields.shrink_map.shape).toEqual([height, width]);
  // 800 * 0.64 / 120 = 4.27
  expect(boxOf(await run([box(10, 10, 50, 30)], { shrink_ratio: 0.6 }), "shrink_map", 1)).toEqual([14, 14, 46, 26]);
});

test("with total_epoch less is taken away in later epochs", async () => {
  const options = { total_epoch: 10 };
  expect(boxOf(await run([box(10, 10, 50, 30)], options, 0), "shrink_map", 1)).toEqual([16, 16, 44, 24]);
  expect(boxOf(await run([box(10, 10, 50, 30)], options, 10), "shrink_map", 1)).toEqual([14, 14, 46, 26]);
});

describe("what is masked", () => {
  test.each<[string, Region]>([
    ["what is ignored", box(10, 10, 50, 30, true)],
    ["what is too low", box(10, 10, 50, 17)],
    ["what is too narrow", box(10, 10, 17, 50)],
  ])("%s", async (_, one) => {
    const masked = await run([one]);
    const [[left, top], , [right, bottom]] = one.points;
    expect(boxOf(masked, "shrink_mask", 0)).toEqual([left, top, right, bottom]);
    expect(boxOf(masked, "shrink_map", 1)).toBeUndefined();
    expect(masked.regions?.map(({ ignore }) => ignore)).toEqual([true]);
  });
  test("what has no area", async () => {
    const line = region([
      [10, 10],
      [50, 50],
      [30, 30],
      [20, 20],
    ]);
    expect((await run([line])).regions).toMatchObject([{ ignore: true }]);
  });
  test("min_text_size says how low", async () => {
    expect(boxOf(await run([box(10, 10, 50, 17)], { min_text_size: 7 }), "shrink_map", 1)).toBeDefined();
    expect(boxOf(await run([box(10, 10, 50, 30)], { min_text_size: 21 }), "shrink_map", 1)).toBeUndefined();
  });
});

test("regions are cut at the edges of the picture before", async () => {
  const cut = await run([box(-30, -30, 19, 19)]);
  expect(cut.regions?.[0].points).toEqual([
    [0, 0],
    [19, 0],
    [19, 19],
    [0, 19],
  ]);
  expect(boxOf(cut, "shrink_map", 1)).toEqual(boxOf(await run([box(0, 0, 19, 19)]), "shrink_map", 1));
  const outside = await run([box(90, 10, 120, 40)]);
  expect(outside.regions).toMatchObject([{ ignore: true }]);
});

test("what would fall into parts is shrunk less", async () => {
  // Two squares of 20 with a bridge of 6 between them: area 920, circumference 188.
  const dumbbell = region([
    [10, 10],
    [30, 10],
    [30, 17],
    [50, 17],
    [50, 10],
    [70, 10],
    [70, 30],
    [50, 30],
    [50, 23],
    [30, 23],
    [30, 30],
    [10, 30],
  ]);
  // By 0.4 it loses 4.1 on each side, which cuts the bridge; by 0.8 it loses 1.8.
  const shrunken = await run([dumbbell]);
  expect(boxOf(shrunken, "shrink_map", 1)).toEqual([12, 12, 68, 28]);
  expect(shrunken.fields.shrink_map.data[20 * width + 40]).toBe(1);
  expect(shrunken.regions).toMatchObject([{ ignore: false }]);
});
