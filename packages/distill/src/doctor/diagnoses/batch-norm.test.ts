import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assign, tensor } from "@retort/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyPatient } from "../../../testing/tiny-patient.js";
import { tinyRun, writeTinyData } from "../../../testing/tiny-training.js";
import { saveCheckpoint } from "../../training/checkpoint.js";
import type { Run } from "../../training/run.js";
import { trainStep } from "../../training/step.js";
import { batchNorm } from "./batch-norm.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-doctor-"));
  await writeTinyData(folder, 8);
  const run = await tinyRun(folder, {
    "Optimizer.lr": { name: "Const", learning_rate: 0 },
    "Train.loader.batch_size_per_card": 8,
    "Train.loader.num_workers": 0,
  });
  // Weights stay, and running statistics become those of the images.
  for await (const batch of run.train.epoch()) for (let step = 0; step < 60; step++) await trainStep(run, batch, 0);
  await save(run, "whole");
  for (const [key, value] of run.model.stateDict()) {
    if (!key.startsWith("Teacher.") || !key.endsWith("_variance")) continue;
    assign(
      value,
      tensor(
        (value.dataSync() as Float32Array).map((x) => 1000 * x + 1),
        value.shape,
      ),
    );
  }
  await save(run, "broken");
  await run.train.close();
  await run.evaluation.close();
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const save = (run: Run, name: string): Promise<string> =>
  saveCheckpoint(folder, name, run, { step: 0, position: { epoch: 0, batch: 0 } }, {});

const begunWith = (name: string) =>
  tinyPatient(folder, { "Global.pretrained_model": join(folder, name), "Train.loader.batch_size_per_card": 8 });

test("fresh networks have no statistics yet", async () => {
  const { seen, findings } = await batchNorm.examine(await tinyPatient(folder));
  expect(findings).toEqual([]);
  expect(seen).toContain("no network begins with weights");
});

test("statistics of the images themselves", async () => {
  const { seen, findings } = await batchNorm.examine(await begunWith("whole"));
  expect(findings).toEqual([]);
  expect(seen).toMatch(/^Teacher: \d\d layers, .*; Student: \d\d layers, /);
});

test("statistics that were broken on the way", async () => {
  const { findings } = await batchNorm.examine(await begunWith("broken"));
  expect(findings).toHaveLength(1);
  expect(findings[0].severity).toBe("fault");
  expect(findings[0].problem).toContain(
    `The running statistics that Teacher has from ${join(folder, "broken")} are not those`,
  );
  expect(findings[0].change).toContain("_mean and _variance");
});
