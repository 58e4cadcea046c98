import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tinyConfig } from "../../testing/tiny-training.js";
import { inspectData } from "./inspect.js";

let folder = "";
const widths = [20, 40, 60, 200];
const labels = ["12", "1234", "x9", "123456789"];

/** Four pictures 20 high and 20 to 200 wide in plain colours, a broken one and a missing one. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-inspect-"));
  for (const [i, width] of widths.entries()) {
    const create = { width, height: 20, channels: 3 as const, background: { r: 200, g: 100, b: 40 + i } };
    await sharp({ create })
      .png()
      .toFile(join(folder, `${i}.png`));
  }
  writeFileSync(join(folder, "broken.png"), "no image");
  const lines = labels.map((label, i) => `${i}.png\t${label}`);
  writeFileSync(join(folder, "train.txt"), [...lines, "broken.png\t5", "missing.png\t6"].join("\n"));
  writeFileSync(join(folder, "val.txt"), "0.png\t12\n1.png\t34\n");
  writeFileSync(join(folder, "bad.txt"), "broken.png\t5\n");
  writeFileSync(join(folder, "dict.txt"), "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("inspectData", () => {
  test("counts lines, labels, characters and images", async () => {
    const report = await inspectData(...tinyConfig(folder), { samples: 3 });
    expect(report).toMatchObject({
      section: "Train",
      files: [{ file: join(folder, "train.txt"), lines: 6 }],
      lines: 6,
      linesPerEpoch: 6,
      labelLengths: { least: 1, median: 2, greatest: 9, mean: 19 / 6 },
      characters: { unknown: [{ character: "x", count: 1 }], dictionary: 10, unused: 1 },
      images: {
        examined: 4,
        widths: { least: 20, median: 40, greatest: 60 },
        heights: { least: 20, greatest: 20 },
        proportions: { least: 1, median: 2, greatest: 3, mean: 2 },
        squeezed: 1,
        inputs: [[32, 80]],
      },
    });
    expect(report.characters?.counts.slice(0, 2)).toEqual([
      { character: "1", count: 3 },
      { character: "2", count: 3 },
    ]);
    expect(Object.entries(report.unusable).map(([reason, { count }]) => [reason, count])).toEqual([
      ["label too long", 1],
      ["image missing", 1],
      ["unreadable image", 1],
    ]);
    expect(report.headline).toBe("Train: 6 lines, 3 cannot be used");
    expect(report.warnings.join("\n")).toContain('Train: the dictionary lacks 1 characters of the labels: "x" 1x');
    const text = report.sections.flatMap(({ title, lines }) => [title, ...lines]).join("\n");
    expect(text).toContain("the network sees 32 x 80 (height x width); 1 images are too wide for that");
    expect(text).toContain("width in pixels: 20 to 60; 90 % 20 to 60, median 40, mean 40");
  });

  test("shows samples as the network sees them", async () => {
    const { samples } = await inspectData(...tinyConfig(folder), { section: "Eval", samples: 2 });
    expect(samples.map(({ text, path, width, height }) => [text, path, width, height])).toEqual([
      ["12", join(folder, "0.png"), 80, 32],
      ["34", join(folder, "1.png"), 80, 32],
    ]);
    const pixel = (x: number, y: number): number[] => [
      ...samples[0].pixels.subarray(3 * (80 * y + x), 3 * (80 * y + x) + 3),
    ];
    // The picture is 32 wide after resizing; what lies to its right is 0 for the network, which is grey.
    expect(pixel(0, 0)).toEqual([200, 100, 40]);
    expect(pixel(31, 31)).toEqual([200, 100, 40]);
    expect(pixel(32, 0)).toEqual([128, 128, 128]);
  });

  test("decodes as many images as asked for, evenly spread", async () => {
    const { images, unusable } = await inspectData(...tinyConfig(folder), { images: 2, samples: 0 });
    expect(images).toMatchObject({ examined: 2, widths: { least: 20, greatest: 60 } });
    expect(unusable["unreadable image"]).toBeUndefined();
  });

  test("data that training could not use are reported, not thrown", async () => {
    const config = tinyConfig(folder, { "Train.dataset.label_file_list": join(folder, "bad.txt") });
    const { samples, warnings, unusable } = await inspectData(...config);
    expect(samples).toEqual([]);
    expect(warnings.join("\n")).toContain("no samples can be shown: 100 samples in a row cannot be used");
    expect(unusable["unreadable image"]).toMatchObject({ count: 1 });
  });
});
