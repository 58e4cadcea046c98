import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { reportsOf, tinyAloneConfig, writeTinyData } from "../../testing/tiny-training.js";
import { loadConfig, loadStoredConfig } from "../config/load.js";
import { createRun } from "./run.js";
import { loadTrained } from "./trained.js";

let folder: string;
const at = (name: string): string => join(folder, name);

/** A training of one epoch, which is evaluated. */
async function train(name: string): Promise<void> {
  const once = { "Global.save_model_dir": at(name), "Global.epoch_num": 1, "Global.eval_batch_step": [0, 1] };
  await reportsOf(await createRun(await loadConfig(...tinyAloneConfig(folder, once))));
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-trained-"));
  await writeTinyData(folder, 8);
  await train("first");
  await train("second");
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The file whose weights are used, where the config's own text says how the training began and where it saved. */
async function used(saveModelDir: string, overrides: Record<string, unknown> = {}): Promise<string> {
  const own = { "Global.pretrained_model": at("first/latest"), "Global.save_model_dir": at(saveModelDir) };
  const { raw } = await loadConfig(...tinyAloneConfig(folder, own));
  return (await loadTrained(await loadStoredConfig(raw, "a text", overrides))).checkpoint;
}

test("the best model of a training comes before the weights that it began with", async () => {
  expect(await used("second")).toBe(at("second/best_accuracy.json"));
});

test("before there is a best model, the weights to begin with are used", async () => {
  expect(await used("none")).toBe(at("first/latest.json"));
});

test("what is named when the config is read comes first: a checkpoint, then weights", async () => {
  const weights = { "Global.pretrained_model": at("first/best_accuracy") };
  expect(await used("second", weights)).toBe(at("first/best_accuracy.json"));
  const section = { Global: { pretrained_model: at("first/best_accuracy") } };
  expect(await used("second", section)).toBe(at("first/best_accuracy.json"));
  const checkpoint = { "Global.checkpoints": at("second/latest") };
  expect(await used("second", { ...weights, ...checkpoint })).toBe(at("second/latest.json"));
});
