import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, test } from "vitest";
import { seedConfig } from "../../testing/seed-fragments.js";
import { expectToLearn } from "../../testing/steps.js";
import { writeTinyData } from "../../testing/tiny-training.js";
import { upstreamPath } from "../../testing/upstream.js";
import { loadConfig } from "../config/load.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-fragments-"));
  await writeTinyData(folder, 4);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Trains a config on four images for four steps, with the data and the dictionary that it leaves to the reader. */
async function expectToTrain(file: string, overrides: Record<string, unknown> = {}): Promise<void> {
  const loaded = await loadConfig(file, {
    "Global.character_dict_path": join(folder, "dict.txt"),
    "Optimizer.lr.warmup_epoch": 0,
    "Train.dataset.data_dir": folder,
    "Train.dataset.label_file_list": [join(folder, "train.txt")],
    "Train.loader.batch_size_per_card": 4,
    "Eval.dataset.data_dir": folder,
    "Eval.dataset.label_file_list": [join(folder, "val.txt")],
    ...overrides,
  });
  await expectToLearn(loaded);
}

// At the size that is printed.
test.each(["two-networks", "three-networks"] as const)(
  "the guide's fragments train as printed: %s",
  async (architecture) => {
    const file = join(folder, `${architecture}.yml`);
    writeFileSync(file, seedConfig(architecture));
    await expectToTrain(file);
  },
  120_000,
);

test.each(["rec-v2-distillation", "rec-v3-distillation"])(
  "PaddleOCR's own %s trains",
  (name) => expectToTrain(upstreamPath(name)),
  120_000,
);
