import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, test } from "vitest";
import { seedDetection } from "../../testing/seed-fragments.js";
import { expectToLearn } from "../../testing/steps.js";
import { pagesAsData, writePages } from "../../testing/tiny-detection.js";
import { upstreamPath } from "../../testing/upstream.js";
import { loadConfig, readConfigText } from "../config/load.js";
import { readRaw } from "../config/parse.js";

const shipped = fileURLToPath(new URL("../../../../configs/det/", import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-detection-configs-"));
  await writePages(folder, 2);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `smaller` looks at in a config's file. */
interface Written {
  Architecture: { Models?: Record<string, unknown> };
  Train: { dataset: { transforms: Record<string, unknown>[] } };
}

/** What makes a config small enough to train here: its crops and its weights; its networks stay as they are. */
async function smaller(file: string): Promise<Record<string, unknown>> {
  const { Architecture, Train } = readRaw(await readConfigText(file), { file }).value as Partial<Written> as Written;
  const crop = Train.dataset.transforms.findIndex((transform) => "EastRandomCropData" in transform);
  const models = Object.keys(Architecture.Models ?? {});
  return {
    "Global.pretrained_model": null,
    ...Object.fromEntries(models.map((name) => [`Architecture.Models.${name}.pretrained`, null])),
    [`Train.dataset.transforms.${crop}.EastRandomCropData.size`]: [64, 64],
  };
}

/** Trains a config on two pages for four steps. */
async function expectToTrain(file: string): Promise<void> {
  const loaded = await loadConfig(file, {
    "Optimizer.lr.warmup_epoch": 0,
    ...pagesAsData(folder, 2),
    ...(await smaller(file)),
  });
  await expectToLearn(loaded);
}

test.each(["cml", "dml"] as const)(
  "the guide's fragments for detection train as printed: %s",
  async (fragments) => {
    const file = join(folder, `${fragments}.yml`);
    writeFileSync(file, seedDetection(fragments));
    await expectToTrain(file);
  },
  300_000,
);

test.each(["v2-distill", "v2-dml", "v2-cml", "v2-student", "v3-dml", "v3-cml", "v3-student", "v4-cml", "v4-student"])(
  "PaddleOCR's own det-%s trains",
  (name) => expectToTrain(upstreamPath(`det-${name}`)),
  300_000,
);

// The large ones have the networks and losses of PaddleOCR's own (config/shipped-detection.test.ts).
test.each(readdirSync(shipped).filter((name) => name.includes("small")))(
  "our %s trains",
  (name) => expectToTrain(join(shipped, name)),
  300_000,
);
