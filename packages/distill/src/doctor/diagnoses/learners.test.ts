import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyPatient, tinyPatientAlone } from "../../../testing/tiny-patient.js";
import { writeTinyData } from "../../../testing/tiny-training.js";
import { learners } from "./learners.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-doctor-"));
  await writeTinyData(folder, 4);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ctc = "Loss.loss_config_list.3.DistillationCTCLoss";
const sar = "Loss.loss_config_list.4.DistillationSARLoss";

test("networks that learn from the labels", async () => {
  const two = await learners.examine(await tinyPatient(folder));
  expect(two).toEqual({ seen: "Teacher, Student learning; Student is judged", findings: [] });
  const alone = await learners.examine(await tinyPatientAlone(folder));
  expect(alone).toEqual({ seen: "the network learning; the network is judged", findings: [] });
});

test("the judged network is frozen by mistake", async () => {
  const { seen, findings } = await learners.examine(
    await tinyPatient(folder, { "Architecture.Models.Student.freeze_params": true }),
  );
  expect(seen).toBe("Teacher learning, Student frozen; Student is judged");
  expect(findings).toMatchObject([
    {
      severity: "fault",
      problem: expect.stringContaining("Student, by which the training is judged (Metric.key), is frozen"),
      change: "Set Architecture.Models.Student.freeze_params: false, or judge one that learns: Teacher.",
    },
  ]);
});

test("no loss reaches it, or none against labels", async () => {
  const ofTeacher = { [`${ctc}.model_name_list`]: ["Teacher"], [`${sar}.model_name_list`]: ["Teacher"] };
  const pairs = await learners.examine(await tinyPatient(folder, ofTeacher));
  expect(pairs.findings).toMatchObject([
    { severity: "doubt", problem: "Student learns from other networks alone: no loss compares it with the labels." },
  ]);
  const dml = [0, 1].map((i) => [`Loss.loss_config_list.${i}.DistillationDMLLoss.weight`, 0]);
  const distance = ["Loss.loss_config_list.2.DistillationDistanceLoss.weight", 0];
  const none = await learners.examine(
    await tinyPatient(folder, { ...ofTeacher, ...Object.fromEntries([...dml, distance]) }),
  );
  expect(none.findings).toMatchObject([
    { severity: "fault", problem: expect.stringContaining("No loss with a weight above 0 reads Student") },
  ]);
});
