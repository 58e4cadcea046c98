import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyPatient, tinyPatientAlone } from "../../../testing/tiny-patient.js";
import { writeTinyData } from "../../../testing/tiny-training.js";
import type { Patient } from "../patient.js";
import { oneBatch } from "./one-batch.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-doctor-"));
  await writeTinyData(folder, 8);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Time enough for all steps, however busy the machine is. */
const seconds = 600;
const rate = (learning_rate: number): Record<string, unknown> => ({ "Optimizer.lr": { name: "Const", learning_rate } });

async function findingsOf(patient: Patient) {
  const { seen, findings } = await oneBatch.examine(patient);
  return { seen, findings };
}

test("a network that can learn does", async () => {
  const { seen, findings } = await findingsOf(await tinyPatientAlone(folder, rate(0.003), seconds));
  expect(findings).toEqual([]);
  expect(seen).toMatch(/^4 samples: (75|100) % read after \d+ steps/);
}, 600_000);

test("distillation that keeps it from learning", async () => {
  const weight = "Loss.loss_config_list.0.DistillationDMLLoss.weight";
  const ramp = "Loss.loss_config_list.0.DistillationDMLLoss.ramp";
  const heavy = { [weight]: 1000, [ramp]: { start: 0, steps: 1 }, ...rate(0.003) };
  const { findings } = await findingsOf(await tinyPatient(folder, heavy, seconds));
  expect(findings).toMatchObject([
    { severity: "fault", problem: expect.stringContaining("Distillation keeps the network from learning: ") },
  ]);
  expect(findings[0].change).toContain("ramp");
}, 1_800_000);

test("a learning rate with which nothing moves", async () => {
  const { findings } = await findingsOf(await tinyPatientAlone(folder, rate(1e-9), seconds));
  expect(findings).toMatchObject([
    {
      severity: "fault",
      problem: expect.stringContaining("The optimizer keeps the network from learning: 0 % read after 600 steps"),
      change: "Use Adam, and try Optimizer.lr.learning_rate: 0.001.",
    },
  ]);
}, 1_800_000);

test("images that do not say what their labels do", async () => {
  const file = join(folder, "same.txt");
  writeFileSync(file, ["12", "34", "56", "78"].map((label) => `images/0.png\t${label}\n`).join(""));
  const same = { "Train.dataset.label_file_list": file, ...rate(0.003) };
  const { findings } = await findingsOf(await tinyPatientAlone(folder, same, seconds));
  expect(findings).toMatchObject([
    { severity: "fault", problem: expect.stringContaining("Nothing makes the network learn even one batch: ") },
  ]);
  expect(findings[0].change).toContain("retort data");
}, 1_800_000);

test("too little time is no verdict, and a frozen network is not tried", async () => {
  const { findings } = await findingsOf(await tinyPatientAlone(folder, rate(0.003), 0.05));
  expect(findings).toMatchObject([{ severity: "doubt", change: expect.stringContaining("--seconds") }]);
  const frozen = { "Architecture.Models.Student.freeze_params": true };
  expect(await findingsOf(await tinyPatient(folder, frozen))).toEqual({
    seen: "not tried: Student does not learn",
    findings: [],
  });
}, 600_000);
