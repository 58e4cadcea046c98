import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { editDistance } from "@retort/ocr-models";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeTinyDetection } from "../../testing/tiny-detection.js";
import { reportsOf, tinyAloneConfig, tinyRun, writeTinyData } from "../../testing/tiny-training.js";
import { loadConfig } from "../config/load.js";
import { evaluateFromConfig } from "../training/infer.js";
import { createRun } from "../training/run.js";
import { reviewRun } from "./review.js";
import { openRun } from "./run-folder.js";
import type { ReviewedLine, ReviewedPage } from "./sample.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-review-"));
  await writeTinyData(folder, 24);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a run's folder tells its history and best checkpoint, and is reviewed by it", async () => {
  const place = join(folder, "two");
  await reportsOf(await tinyRun(folder, { "Global.save_model_dir": place, "Global.epoch_num": 1 }));
  const run = await openRun(place);
  expect(run.history.evaluations).toHaveLength(1);
  expect(run.checkpoint).toMatchObject({ file: join(place, "best_accuracy.json"), progress: { step: 6 } });
  expect(run.time).toBeGreaterThan(1.7e9);

  const review = await reviewRun(run, ["Train.loader.num_workers=0"], { samples: 4 });
  expect(review.metrics).toEqual(run.history.evaluations[0].metrics);
  expect(review.agreement).toEqual(run.history.evaluations[0].agreement);
  expect(review).toMatchObject({ network: "Student", images: 4, unusable: {}, checkpoint: run.checkpoint?.file });
  const lines = [...review.best, ...review.worst] as ReviewedLine[];
  expect(lines).toHaveLength(4);
  const labels = new Map(
    readFileSync(join(folder, "val.txt"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => line.split("\t") as [string, string]),
  );
  let edits = 0;
  expect(new Set(lines.map(({ path }) => path)).size).toBe(4);
  for (const { path, wanted, readings, picture, score } of lines) {
    const [image] = [...labels.keys()].filter((name) => path.endsWith(name));
    expect(wanted).toBe(labels.get(image));
    expect(Object.keys(readings)).toEqual(["Student", "Teacher"]);
    edits += editDistance(readings.Student.text, wanted);
    const longer = Math.max(wanted.length, readings.Student.text.length);
    expect(score).toBeCloseTo(1 - editDistance(readings.Student.text, wanted) / longer, 4);
    // The picture is that of the file, to the rounding of levels.
    const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    expect([picture.width, picture.height]).toEqual([info.width, info.height]);
    expect(Math.max(...picture.pixels.map((value, i) => Math.abs(value - data[i])))).toBeLessThanOrEqual(1);
  }
  const counted = review.confusions?.Student.reduce((sum, { count }) => sum + count, 0);
  expect(counted).toBe(edits);
});

test("the checkpoint counts, wherever the training began, and its data may lie elsewhere", async () => {
  const place = join(folder, "alone");
  const [config, overrides] = tinyAloneConfig(folder, { "Global.save_model_dir": place, "Global.epoch_num": 1 });
  await reportsOf(await createRun(await loadConfig(config, overrides)));
  const run = await openRun(place);
  const moved = ["Eval.dataset.label_file_list=gone.txt"];
  await expect(reviewRun(run, moved)).rejects.toThrow("gone.txt");
  const review = await reviewRun(run);
  expect(review.metrics).toEqual((await evaluateFromConfig(config, overrides)).metrics);
  expect(review.network).toBe("");
});

test("pages are shown with their regions and boxes, in pixels of what the network sees", async () => {
  const place = join(folder, "detection");
  mkdirSync(place);
  const config = await writeTinyDetection(place);
  await reportsOf(await createRun(await loadConfig(config)));
  const run = await openRun(join(place, "run"));
  const review = await reviewRun(run);
  expect(review.metrics).toEqual(run.history.evaluations[0].metrics);
  expect(Object.keys(review.networks)).toEqual(["Student", "Student2", "Teacher"]);
  expect(review.agreement.map(({ between }) => between.join())).toEqual([
    "Student,Student2",
    "Student,Teacher",
    "Student2,Teacher",
  ]);
  expect(review.confusions).toBeUndefined();
  const pages = [...review.best, ...review.worst] as ReviewedPage[];
  expect(pages).toHaveLength(4);
  const labels = readFileSync(join(place, "pages.txt"), "utf8").trimEnd().split("\n");
  for (const { path, regions, picture, boxes } of pages) {
    const line = labels.find((label) => path.endsWith(label.split("\t")[0])) as string;
    const wanted = JSON.parse(line.split("\t")[1]) as { points: [number, number][] }[];
    const { width = 0, height = 0 } = await sharp(path).metadata();
    const scale = [picture.width / width, picture.height / height];
    expect(regions).toHaveLength(wanted.length);
    for (const [i, { points, ignore }] of regions.entries()) {
      expect(ignore).toBe(false);
      for (const [corner, [x, y]] of points.entries()) {
        expect(x).toBeCloseTo(wanted[i].points[corner][0] * scale[0], 3);
        expect(y).toBeCloseTo(wanted[i].points[corner][1] * scale[1], 3);
      }
    }
    // Regions are dark on a light page.
    const [x, y] = regions[0].points[0];
    const inside = picture.pixels[3 * (picture.width * Math.round(y + 4) + Math.round(x + 4))];
    expect(inside).toBeLessThan(100);
    expect(picture.pixels[0]).toBeGreaterThan(200);
    expect(Object.keys(boxes)).toEqual(["Student", "Student2", "Teacher"]);
  }
}, 120_000);

test("a training without a checkpoint has a history alone, and a folder without one is named", async () => {
  const place = join(folder, "begun");
  await reportsOf(await tinyRun(folder, { "Global.save_model_dir": place, "Global.epoch_num": 1 }), 2);
  unlinkSync(join(place, "latest.json"));
  expect(existsSync(join(place, "best_accuracy.json"))).toBe(false);
  appendFileSync(join(place, "metrics.jsonl"), "");
  const run = await openRun(place);
  expect(run.checkpoint).toBeUndefined();
  await expect(reviewRun(run)).rejects.toThrow(`${place}: no checkpoint was saved yet`);
  await expect(openRun(join(folder, "images"))).rejects.toThrow(/metrics\.jsonl cannot be read: ENOENT; expected/);
});
