import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rectangle } from "../../../../fixtures/rectangle.js";
import { writeTinyDetection } from "../../testing/tiny-detection.js";
import { inspectData } from "./inspect.js";

let folder: string;
let config: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-inspect-det-"));
  config = await writeTinyDetection(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Red, green and blue of one pixel. */
const at = (pixels: Uint8Array, width: number, x: number, y: number): number[] => [
  ...pixels.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
];

test("regions and their sizes are counted, texts are not", async () => {
  const report = await inspectData(config, {}, { samples: 0 });
  expect(report.regions).toMatchObject({
    count: 8,
    ignored: 0,
    perImage: { least: 2, greatest: 2 },
    longer: { least: 50, greatest: 56 },
    shorter: { least: 16, greatest: 18 },
    corners: { least: 4, greatest: 4 },
  });
  expect([report.labelLengths, report.characters]).toEqual([undefined, undefined]);
  expect(report.images).toMatchObject({ examined: 4, widths: { median: 96 }, inputs: [[64, 64]] });
  expect(report.headline).toBe("Train: 4 pages, all usable");
  const text = report.sections.flatMap(({ title, lines }) => [title, ...lines]).join("\n");
  expect(text).toContain("regions of text\n8, 0 of them to ignore; of the others:\nregions in an image: 2 to 2;");
  expect(text).toContain("the network sees 64 x 64 (height x width)");
  expect(text).not.toContain("squeezed");
});

test("samples of training come with their regions and maps, in the pixels that the network sees", async () => {
  const { samples, warnings } = await inspectData(config);
  expect(warnings.filter((warning) => warning.includes("samples"))).toEqual([]);
  expect(samples.map(({ width, height }) => [width, height])).toEqual(Array(4).fill([64, 64]));
  let looked = 0;
  for (const { pixels, detection, text } of samples) {
    const { regions, maps = expect.fail("no maps") } = detection ?? expect.fail("no regions");
    expect(text).toMatch(new RegExp(`^${regions.length} regions`));
    for (const { points, ignore } of regions) {
      const [x, y] = [0, 1].map((axis) => Math.round((points[0][axis] + points[2][axis]) / 2));
      if (ignore || Math.min(x, y) < 0 || Math.max(x, y) > 63) continue;
      looked++;
      const [red, green, blue] = at(pixels, 64, x, y);
      expect(red).toBeLessThan(60);
      expect([green, blue]).toEqual([red, red]);
      expect(at(maps, 64, x, y)[0]).toBe(255);
    }
    for (let i = 0; i < 64 * 64; i++) {
      if (maps[3 * i] > 0) expect(pixels[3 * i], `what is to be found at ${i} is dark`).toBeLessThan(128);
    }
  }
  expect(looked).toBeGreaterThan(3);
});

test("in evaluation the regions follow the resized page", async () => {
  const resize = { "Eval.dataset.transforms.2.DetResizeForTest": { image_shape: [128, 96] } };
  const report = await inspectData(config, resize, { section: "Eval", samples: 1 });
  const [{ width, height, detection, pixels }] = report.samples;
  expect([width, height]).toEqual([96, 128]);
  expect(detection).toEqual({
    regions: [
      [10, 16, 60, 48],
      [30, 72, 86, 108],
    ].map(([left, top, right, bottom]) => ({
      ignore: false,
      points: rectangle(left, top, right, bottom),
    })),
    maps: undefined,
  });
  expect(at(pixels, 96, 30, 30)).toEqual([40, 40, 40]);
  expect(at(pixels, 96, 5, 5)).toEqual([255, 255, 255]);
});
