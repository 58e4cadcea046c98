import { Random } from "@retort/tensor/random";
import { expect } from "vitest";
import { compare, type Golden, golden, goldenSuite } from "../../../../../fixtures/goldens.js";
import type { Point, Polygon } from "../../geometry/polygon.js";
import { loadOpenCv } from "../opencv.js";
import type { BytePicture } from "../picture.js";
import { pixelsOf, type Sample } from "../sample.js";
import { affine } from "./augmenters/affine.js";
import { copyPaste } from "./copy-paste.js";
import { cropRegion } from "./crop-region.js";
import { eastRandomCropData } from "./east-random-crop-data.js";
import { makeBorderMap } from "./make-border-map.js";
import { makeShrinkMap } from "./make-shrink-map.js";
import { blackPicture } from "./paste.js";
import type { Region } from "./region.js";
import { rotatePicture } from "./rotate-picture.js";

// Made by fixtures/make-detection.py.

function pictureIn(g: Golden, name: string): BytePicture {
  const { data, shape } = g.bytes(name);
  return { data, height: shape[0], width: shape[1] };
}

function sampleOf(picture: BytePicture, polygons: readonly Polygon[], ignore: readonly number[]): Sample {
  const regions = polygons.map((points, i): Region => ({ points, text: `${i}`, ignore: ignore.includes(i) }));
  return { path: "", label: "", read: () => Promise.reject(new Error("no file")), picture, regions, fields: {} };
}

/** Gives recorded integers; shuffling leaves the order. */
function recorded(draws: number[]): Random {
  const integer = (n: number): number => {
    const draw = draws.shift();
    if (draw === undefined || draw >= n) throw new Error(`drew ${draw} of ${n}`);
    return draw;
  };
  return Object.assign(new Random(0), { integer, shuffle: <T>(array: T[]): T[] => array });
}

function expectPolygons(found: Sample, expected: readonly Polygon[], texts: readonly string[], what: string): void {
  const regions = found.regions as readonly Region[];
  expect(
    regions.map(({ text }) => text),
    what,
  ).toEqual(texts);
  compare(
    regions.flatMap(({ points }) => points.flat()),
    expected.flat(2),
    what,
    (i) => 1e-6 * Math.abs(expected.flat(2)[i]) + 1e-5,
  );
}

function expectPixels(found: BytePicture, g: Golden, name: string): void {
  const { data, shape } = g.bytes(name);
  expect([found.height, found.width, 3], name).toEqual(shape);
  compare(found.data, data, name, () => 0);
}

goldenSuite("EastRandomCropData, CopyPaste, crops, maps", () => {
  golden("detection-crops.safetensors", async (g) => {
    type Case = {
      polygons: Point[][];
      ignore: number[];
      size: number[];
      draws: number[];
      found: Point[][];
      texts: string[];
    };
    for (const [i, one] of (g.case as Case[]).entries()) {
      const crop = eastRandomCropData({ size: one.size, max_tries: 50 });
      const random = recorded(one.draws);
      const found = (await crop(sampleOf(pictureIn(g, "in"), one.polygons, one.ignore), { random })) as Sample;
      expectPixels(pixelsOf("the test", found), g, `out.${i}`);
      expectPolygons(found, one.found, one.texts, `regions of ${i}`);
      expect(one.draws).toEqual([]);
    }
  });

  golden("detection-copies.safetensors", async (g) => {
    type Case = { limited: boolean; own: Point[][]; draws: number[]; found: Point[][]; texts: string[] };
    const { sources, runs } = g.case as { sources: Point[][]; runs: Case[] };
    const rounded = sources.map((points) => points.map(([x, y]): Point => [Math.fround(x), Math.fround(y)]));
    const other = sampleOf(pictureIn(g, "other"), rounded, [4]);
    const further = { sample: async () => other, accepts: async () => true };
    for (const [i, one] of runs.entries()) {
      const paste = copyPaste({ objects_paste_ratio: 0.8, limit_paste: one.limited });
      const random = recorded(one.draws);
      const found = (await paste(sampleOf(pictureIn(g, "in"), one.own, []), { random, further })) as Sample;
      expectPixels(pixelsOf("the test", found), g, `out.${i}`);
      expectPolygons(found, one.found, one.texts, `regions of ${i}`);
      expect(one.draws).toEqual([]);
    }
  });

  golden("detection-turns.safetensors", (g) => {
    for (const angle of g.case as number[]) {
      const { data, width, height, covers } = rotatePicture(pictureIn(g, "in"), angle);
      const expected = g.bytes(`out.${angle}`);
      expect([height, width, 4], `size at ${angle}`).toEqual(expected.shape);
      const alpha = (i: number): number => expected.data[4 * i + 3];
      expect(covers, `cover at ${angle}`).toEqual(covers.map((_, i) => (alpha(i) === 255 ? 1 : 0)));
      const colours = expected.data.filter((_, i) => i % 4 !== 3);
      compare(data, colours, `pixels at ${angle}`, () => 0);
    }
  });

  golden("detection-maps.safetensors", async (g) => {
    type Case = { polygons: Point[][]; ignore: number[]; ratio: number; ignored: boolean[] };
    for (const [i, { polygons, ignore, ratio, ignored }] of (g.case as Case[]).entries()) {
      const context = { random: new Random(0) };
      const sample = sampleOf(blackPicture(96, 64), polygons, ignore);
      const bordered = (await makeBorderMap({ shrink_ratio: ratio })(sample, context)) as Sample;
      const found = (await makeShrinkMap({ shrink_ratio: ratio })(bordered, context)) as Sample;
      expect(found.regions?.map((region) => region.ignore)).toEqual(ignored);
      const { data } = found.fields.threshold_map;
      compare(data, g.floats(`threshold_map.${i}`).data, `threshold_map.${i}`, () => 1e-6);
      for (const key of ["threshold_mask", "shrink_map", "shrink_mask"]) {
        compare(found.fields[key].data, g.bytes(`${key}.${i}`).data, `${key}.${i}`, () => 0);
      }
    }
  });

  golden("detection-reading.safetensors", async (g) => {
    const { cv } = await loadOpenCv();
    const { quads } = g.case as { quads: Point[][] };
    for (const [i, quad] of quads.entries()) {
      const crop = cropRegion(cv, pictureIn(g, "in"), quad) ?? expect.fail(`no crop ${i}`);
      expectPixels(crop, g, `out.${i}`);
    }
  });

  golden("detection-affine.safetensors", async (g) => {
    const { cv } = await loadOpenCv();
    type Case = { args: Record<string, number>; corners: Point[] };
    for (const [i, { args, corners }] of (g.case as Case[]).entries()) {
      const { picture, move } = affine(args)(cv, pictureIn(g, "in"), new Random(0));
      expectPixels(picture, g, `out.${i}`);
      const box: Point[] = [
        [20, 10],
        [60, 10],
        [60, 25],
        [20, 25],
      ];
      compare(
        box.flatMap((point) => move?.(point) as Point),
        corners.flat(),
        `corners of ${i}`,
        () => 1e-9,
      );
    }
  });
});
