import { Random } from "@retort/tensor/random";
import { describe, expect, test } from "vitest";
import { randomPicture, rowsOf } from "../../../../../fixtures/pictures.js";
import { rectangle } from "../../../../../fixtures/rectangle.js";
import type { Options } from "../options.js";
import { type FurtherSamples, pixelsOf, type Sample } from "../sample.js";
import { spanOf } from "./area.js";
import { copyPaste } from "./copy-paste.js";
import { blackPicture } from "./paste.js";
import type { Region } from "./region.js";

const region = (left: number, top: number, right: number, bottom: number, more: Partial<Region> = {}): Region => ({
  points: rectangle(left, top, right, bottom),
  text: "own",
  ignore: false,
  ...more,
});

const sampleOf = (more: Partial<Sample>): Sample => ({
  path: "",
  label: "",
  read: () => Promise.reject(new Error("no file")),
  fields: {},
  ...more,
});

/** Values from 1 on, so that black is only what nothing covers. */
const bright = randomPicture(60, 120);
bright.data.forEach((value, i) => {
  bright.data[i] = Math.max(1, value);
});

const own = sampleOf({ picture: blackPicture(160, 140), regions: [region(10, 10, 60, 30)] });
const other = sampleOf({
  picture: bright,
  regions: Array.from({ length: 10 }, (_, i) => region(5 + 8 * i, 5 + 4 * i, 35 + 8 * i, 15 + 4 * i, { text: `${i}` })),
});

async function run(seed: number, options: Options = {}, from: Sample | undefined = other, to = own): Promise<Sample> {
  const further: FurtherSamples = { sample: async () => from, accepts: async () => true };
  return (await copyPaste(options)(to, { random: new Random(seed), further })) as Sample;
}

test("copies have the text of their region, touch no other, and lie where the picture has changed", async () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 50; seed++) {
    const { picture, regions = [] } = await run(seed);
    expect(regions.length).toBeLessThanOrEqual(3);
    expect(regions[0]).toEqual(own.regions?.[0]);
    const rows = rowsOf(pixelsOf("the test", sampleOf({ picture })));
    const boxes = regions.map(({ points }) => [spanOf(points, 0), spanOf(points, 1)]);
    for (const [i, { text, ignore }] of regions.slice(1).entries()) {
      seen.add(text);
      expect(ignore).toBe(false);
      const [[left, right], [top, bottom]] = boxes[i + 1];
      expect(left >= 0 && top >= 0 && right <= 160 && bottom <= 140).toBe(true);
      const [x, y] = [Math.floor((left + right) / 2), Math.floor((top + bottom) / 2)];
      expect(rows[y][x].some((value) => value > 0)).toBe(true);
      for (const [[otherLeft, otherRight], [otherTop, otherBottom]] of boxes.slice(0, i + 1)) {
        expect(right < otherLeft || otherRight < left || bottom < otherTop || otherBottom < top).toBe(true);
      }
    }
    // Whatever is not black lies in a copy.
    rows.forEach((row, y) => {
      row.forEach((pixel, x) => {
        if (pixel.every((value) => value === 0)) return;
        const inside = boxes
          .slice(1)
          .some(([xs, ys]) => x >= xs[0] - 1.5 && x <= xs[1] + 0.5 && y >= ys[0] - 1.5 && y <= ys[1] + 0.5);
        expect(inside, `pixel ${x}, ${y} of seed ${seed}`).toBe(true);
      });
    });
  }
  expect(seen.size).toBe(10);
  expect(own.picture).toEqual(blackPicture(160, 140));
});

test("a copy is as large as its region", async () => {
  for (let seed = 0; seed < 20; seed++) {
    const { regions = [] } = await run(seed, { objects_paste_ratio: 0.1 });
    for (const {
      points: [a, b, c],
    } of regions.slice(1)) {
      expect(Math.hypot(a[0] - b[0], a[1] - b[1])).toBeCloseTo(30, 3);
      expect(Math.hypot(b[0] - c[0], b[1] - c[1])).toBeCloseTo(10, 3);
    }
  }
});

describe("how many are copied", () => {
  const copied = async (options: Options, from?: Sample): Promise<number> => {
    const counts = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => run(seed, options, from)));
    return Math.max(...counts.map(({ regions = [] }) => regions.length - 1));
  };
  test("a share of the other's regions, but one at least", async () => {
    expect(await copied({ objects_paste_ratio: 0.39 })).toBe(3);
    expect(await copied({ objects_paste_ratio: 0 })).toBe(1);
  });
  test("none that are ignored or have more than four corners", async () => {
    const five = { ...region(5, 5, 35, 15), points: [...region(5, 5, 35, 15).points, [5, 10] as const] };
    const unusable = sampleOf({ picture: bright, regions: [region(5, 5, 35, 15, { ignore: true }), five] });
    expect(await copied({ objects_paste_ratio: 1 }, unusable)).toBe(0);
  });
  test("none where they find no place, unless they may cover others", async () => {
    const full = sampleOf({ picture: blackPicture(50, 50), regions: [region(0, 0, 50, 50)] });
    expect((await run(1, {}, other, full)).regions).toHaveLength(1);
    expect((await run(1, { limit_paste: false }, other, full)).regions).toHaveLength(3);
    const small = sampleOf({ picture: blackPicture(12, 12), regions: [] });
    expect((await run(1, { limit_paste: false }, other, small)).regions).toEqual([]);
  });
  test("none where the data set has no further sample", async () => {
    const further: FurtherSamples = { sample: async () => undefined, accepts: async () => true };
    expect(await copyPaste({})(own, { random: new Random(0), further })).toBe(own);
  });
});

test("regions are cut at the edges of the picture", async () => {
  const beyond = sampleOf({ picture: blackPicture(50, 40), regions: [region(-3, 5, 60, 55)] });
  expect((await run(1, {}, other, beyond)).regions?.[0]).toEqual(region(0, 5, 50, 40));
});

describe("wrong use is an error", () => {
  test("of options", () => {
    expect(() => copyPaste({ objects_paste_ratio: 2 })).toThrow(
      "CopyPaste.objects_paste_ratio: expected a probability",
    );
    expect(() => copyPaste({ limit: true })).toThrow('CopyPaste: unknown option "limit"');
  });
  test("outside of a data set, and before labels are read", async () => {
    await expect(copyPaste({})(own, { random: new Random(0) })).rejects.toThrow(
      "only a data set can give it further ones",
    );
    const plain = sampleOf({ picture: bright });
    await expect(run(0, {}, plain)).rejects.toThrow(
      "CopyPaste needs the regions of text: put DetLabelEncode before it",
    );
  });
});
