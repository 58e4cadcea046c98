import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { editDistance } from "@retort/ocr-models";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { reportsOf, tinyAloneConfig, tinyRun, writeTinyData } from "../../testing/tiny-training.js";
import { loadConfig } from "../config/load.js";
import { evaluateFromConfig } from "../training/infer.js";
import { createRun } from "../training/run.js";
import { reviewRun } from "./review.js";
import { openRun } from "./run-folder.js";
import type { ReviewedLine } from "./sample.js";

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
