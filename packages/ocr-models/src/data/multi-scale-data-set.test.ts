import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dictionaryOf } from "../text/dictionary.js";
import type { Batch } from "./batch.js";
import { DataLoader } from "./loader.js";
import type { SamplerConfig } from "./multi-scale-sampler.js";
import type { DataSetConfig, DataSetup } from "./simple-data-set.js";

let folder = "";
const setup: DataSetup = { mode: "train", seed: 4, dictionary: dictionaryOf("0123456789"), maxTextLength: 10 };
const sampler: SamplerConfig = {
  name: "MultiScaleSampler",
  scales: [
    [64, 16],
    [64, 32],
  ],
  first_bs: 4,
  fix_bs: false,
};

/** Fifteen pictures 12 high, whose widths grow with their number. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-multi-scale-"));
  const lines: string[] = [];
  for (let i = 0; i < 15; i++) {
    const create = { width: 10 + 8 * i, height: 12, channels: 3 as const, background: { r: 10 * i, g: 0, b: 0 } };
    await sharp({ create })
      .png()
      .toFile(join(folder, `${i}.png`));
    lines.push(`${i}.png\t${100 + i}\t${10 + 8 * i}\t12`);
  }
  writeFileSync(join(folder, "sized.txt"), lines.join("\n"));
  writeFileSync(join(folder, "plain.txt"), lines.map((line) => line.split("\t").slice(0, 2).join("\t")).join("\n"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const config = (file = "plain.txt", more: Partial<DataSetConfig> = {}): DataSetConfig => ({
  name: "MultiScaleDataSet",
  data_dir: folder,
  label_file_list: join(folder, file),
  transforms: [
    { DecodeImage: null },
    { CTCLabelEncode: null },
    { KeepKeys: { keep_keys: ["image", "label", "length", "valid_ratio"] } },
  ],
  ...more,
});

function loaderOf(workers = 0, data = config()): DataLoader {
  return new DataLoader(data, { batch_size_per_card: 4, num_workers: workers }, setup, sampler);
}

async function epochs(loader: DataLoader, count: number): Promise<Batch[]> {
  const batches: Batch[] = [];
  while (loader.position.epoch < count) for await (const batch of loader.epoch()) batches.push(batch);
  await loader.close();
  return batches;
}

const shapes = (batches: readonly Batch[]): string[] => batches.map(({ fields }) => fields.image.shape.join("x"));

test("each batch has one of the sizes, and as many pixels", async () => {
  const loader = loaderOf();
  expect(loader.batchesPerEpoch).toBe(6);
  const batches = await epochs(loader, 2);
  for (const part of [batches.slice(0, 6), batches.slice(6)]) {
    expect(shapes(part).sort()).toEqual([...Array(3).fill("2x3x32x64"), ...Array(3).fill("4x3x16x64")]);
    expect(new Set(part.flatMap(({ texts }) => texts)).size).toBe(15);
  }
  expect(batches.slice(0, 6).map(({ texts }) => texts)).not.toEqual(batches.slice(6).map(({ texts }) => texts));
});

test("pictures keep their proportion and are padded with zeros", async () => {
  for (const { fields, texts } of await epochs(loaderOf(), 1)) {
    const [, , height, width] = fields.image.shape;
    texts.forEach((text, i) => {
      const pictureWidth = 10 + 8 * (Number(text) - 100);
      const filled = Math.min(width, Math.ceil((height * pictureWidth) / 12));
      expect(fields.valid_ratio.data[i]).toBeCloseTo(filled / width, 6);
      const row = fields.image.data.subarray(i * 3 * height * width, i * 3 * height * width + width);
      expect([...row].filter((value) => value === 0)).toHaveLength(width - filled);
    });
  }
});

test("workers and a restored position change nothing", async () => {
  const whole = await epochs(loaderOf(), 3);
  expect(await epochs(loaderOf(2), 3)).toEqual(whole);
  const first = loaderOf();
  const begun: Batch[] = [];
  while (begun.length < 8) {
    for await (const batch of first.epoch()) if (begun.push(batch) === 8) break;
  }
  const second = loaderOf();
  second.position = JSON.parse(JSON.stringify(first.position));
  await first.close();
  expect([...begun, ...(await epochs(second, 3))]).toEqual(whole);
});

test("with ds_width the widths are those of the images", async () => {
  const batches = await epochs(loaderOf(0, config("sized.txt", { ds_width: true })), 1);
  for (const { fields, texts } of batches) {
    const [, , height, width] = fields.image.shape;
    const mean = texts.reduce((sum, text) => sum + (10 + 8 * (Number(text) - 100)) / 12, 0) / texts.length;
    expect(Math.abs(width / height - Math.max(1, mean))).toBeLessThanOrEqual(0.5);
  }
  expect(new Set(shapes(batches)).size).toBeGreaterThan(2);
});

test("what does not go together is an error", () => {
  expect(() => loaderOf(0, config("plain.txt", { ds_width: true }))).toThrow(
    /plain\.txt, line 1: expected path, label, and the image's width and height; found "0\.png/,
  );
  expect(() => new DataLoader(config(), { batch_size_per_card: 4 }, setup)).toThrow("a sampler go together");
  expect(() => loaderOf(0, config("plain.txt", { name: "SimpleDataSet" }))).toThrow("a sampler go together");
});
