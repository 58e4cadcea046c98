import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inReadingOrder } from "@retort/ocr-models";
import { cropRegion, loadOpenCv } from "@retort/ocr-models/data";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeTinyDetection } from "../../testing/tiny-detection.js";
import { reportsOf, tinyAloneConfig, writeTinyData } from "../../testing/tiny-training.js";
import { loadConfig } from "../config/load.js";
import type { Overrides } from "../config/overrides.js";
import { detectFromConfig, findsBoxes, type ImageBoxes, type Recogniser } from "./detect.js";
import { readBatch } from "./evaluate.js";
import { readPicture } from "./images.js";
import { inferFromConfig } from "./infer.js";
import { createRun, makeLoader, type Run } from "./run.js";

let folder: string;
let config: string;
let run: Run;
let recogniser: Extract<Recogniser, { readonly config: string }>;
let pages: string[];

/** Enough to find something, where little is asked for. */
const learning = { "Global.epoch_num": 24, "Optimizer.lr.learning_rate": 0.003 };
const generous = { "PostProcess.thresh": 0.4, "PostProcess.box_thresh": 0.2 };
const trained = (): Record<string, unknown> => ({ ...generous, "Global.checkpoints": join(folder, "run/latest") });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-detect-"));
  config = await writeTinyDetection(folder);
  run = await createRun(await loadConfig(config, { ...learning, ...generous }));
  await reportsOf(run);
  pages = [0, 1, 2, 3].map((i) => join(folder, `pages/${i}.png`));
  const lines = join(folder, "lines");
  await writeTinyData(lines, 8);
  const [path, overrides] = tinyAloneConfig(lines, { "Global.epoch_num": 1 });
  await reportsOf(await createRun(await loadConfig(path, overrides)));
  recogniser = { config: path, overrides: { ...overrides, "Global.checkpoints": join(lines, "run/latest") } };
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function found(reader?: Recogniser): Promise<ImageBoxes[]> {
  const all: ImageBoxes[] = [];
  for await (const boxes of detectFromConfig(config, trained(), pages, reader)) all.push(boxes);
  return all;
}

test("boxes are those that evaluation finds, in the coordinates of the page", async () => {
  const data = makeLoader(run.loaded, "eval");
  const expected: Record<string, unknown>[] = [];
  for await (const batch of data.epoch()) {
    const boxes = await readBatch(run.model, run.reader, batch);
    expected.push(Object.fromEntries(Object.entries(boxes).map(([name, [all]]) => [name, all])));
  }
  await data.close();
  const images = await found();
  expect(images.map(({ image }) => image)).toEqual(pages);
  expect(images.map(({ boxes }) => boxes)).toEqual(expected);
  for (const { boxes } of images) expect(Object.keys(boxes)).toEqual(["Student", "Student2"]);
});

test("a recogniser reads what each box encloses, in reading order", async () => {
  const { cv } = await loadOpenCv();
  const plain = await found();
  const read = await found(recogniser);
  const crops: string[] = [];
  for (const [i, { image, boxes }] of plain.entries()) {
    const picture = await readPicture(image);
    for (const [network, all] of Object.entries(boxes)) {
      const sorted = inReadingOrder(all);
      expect(read[i].boxes[network].map(({ readings, ...box }) => box)).toEqual(sorted);
      for (const { points } of sorted) {
        const { data, width, height } = cropRegion(cv, picture, points) ?? expect.fail("no crop");
        const file = join(folder, `crop-${crops.length}.png`);
        const rgb = data.map((_, at) => data[at + 2 - 2 * (at % 3)]);
        await sharp(rgb, { raw: { width, height, channels: 3 } }).toFile(file);
        crops.push(file);
      }
    }
  }
  const alone: unknown[] = [];
  const [path, overrides] = [recogniser.config, recogniser.overrides ?? {}];
  for await (const { readings } of inferFromConfig(path, overrides, crops)) alone.push(readings);
  expect(plain.some(({ boxes }) => Object.values(boxes).some((all) => all.length > 1))).toBe(true);
  const together = read.flatMap(({ boxes }) => Object.values(boxes).flat());
  expect(together.map(({ readings }) => readings)).toEqual(alone);
});

test("configs that do the other's work, and images that are none, are named", async () => {
  expect(await findsBoxes(config)).toBe(true);
  expect(await findsBoxes(recogniser.config, recogniser.overrides)).toBe(false);
  const first = (path: string, reader?: Recogniser, overrides: Overrides = trained()) =>
    detectFromConfig(path, overrides, [config], reader).next();
  await expect(first(recogniser.config, undefined, recogniser.overrides)).rejects.toThrow(
    `${recogniser.config}: expected a config that finds boxes, but it reads text`,
  );
  await expect(first(config, { config })).rejects.toThrow(
    `${config}: expected a config that reads text, but it finds boxes`,
  );
  await expect(first(config)).rejects.toThrow(`${config} cannot be read: `);
  await expect(inferFromConfig(config, {}, pages).next()).rejects.toThrow(
    `${config}: expected a config that reads text, but it finds boxes`,
  );
});
