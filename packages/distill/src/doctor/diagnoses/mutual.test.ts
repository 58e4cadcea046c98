import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyPatient } from "../../../testing/tiny-patient.js";
import { reportsOf, tinyRun, writeTinyData } from "../../../testing/tiny-training.js";
import { mutual } from "./mutual.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-doctor-"));
  await writeTinyData(folder, 4);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fromTheFirst = { "Loss.loss_config_list.0.DistillationDMLLoss.ramp": { start: 0, steps: 1 } };

test("fresh networks whose terms begin later", async () => {
  expect(await mutual.examine(await tinyPatient(folder))).toEqual({ seen: "3 pairs of fresh networks", findings: [] });
});

test("fresh networks that teach each other from the first step", async () => {
  const { findings } = await mutual.examine(await tinyPatient(folder, fromTheFirst));
  expect(findings).toMatchObject([
    {
      severity: "doubt",
      problem: expect.stringContaining("DistillationDMLLoss of Student and Teacher counts from the first step"),
      change: expect.stringContaining("ramp: {start: 1000, steps: 500}"),
    },
  ]);
});

test("networks that begin with weights, or of which one is frozen, may", async () => {
  const frozen = { "Architecture.Models.Teacher.freeze_params": true };
  expect((await mutual.examine(await tinyPatient(folder, { ...fromTheFirst, ...frozen }))).findings).toEqual([]);
  const place = join(folder, "trained");
  await reportsOf(await tinyRun(folder, { "Global.save_model_dir": place, "Global.epoch_num": 1 }));
  const begun = { "Global.pretrained_model": join(place, "latest") };
  expect((await mutual.examine(await tinyPatient(folder, { ...fromTheFirst, ...begun }))).findings).toEqual([]);
});
