import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyPatient } from "../../../testing/tiny-patient.js";
import { ramps, reportsOf, tinyRun, writeTinyData } from "../../../testing/tiny-training.js";
import { teacher } from "./teacher.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-doctor-"));
  await writeTinyData(folder, 4);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const frozen = { "Architecture.Models.Teacher.freeze_params": true };

/** Trains both networks by the labels of the four images that are those of Eval too. Returns the checkpoint. */
async function trained(name: string, epochs: number): Promise<string> {
  const place = join(folder, name);
  const training = {
    "Global.save_model_dir": place,
    "Global.epoch_num": epochs,
    "Global.save_epoch_step": 10_000,
    "Optimizer.lr": { name: "Const", learning_rate: 0.003 },
    "Train.loader.num_workers": 0,
    "Eval.loader.num_workers": 0,
    ...ramps({ start: 10_000, steps: 1 }),
  };
  await reportsOf(await tinyRun(folder, training));
  return join(place, "latest");
}

test("no network is frozen", async () => {
  expect(await teacher.examine(await tinyPatient(folder))).toEqual({ seen: "no network is frozen", findings: [] });
});

test("a frozen network without weights teaches noise", async () => {
  const { seen, findings } = await teacher.examine(await tinyPatient(folder, frozen));
  expect(seen).toBe("Teacher without weights");
  expect(findings).toMatchObject([
    {
      severity: "fault",
      problem: "Teacher is frozen and has no weights: it teaches what random numbers say.",
      change: expect.stringContaining("Architecture.Models.Teacher.pretrained"),
    },
  ]);
});

test("one whose weights read nothing teaches mistakes, named by PostProcess or not", async () => {
  const begun = { ...frozen, "Global.pretrained_model": await trained("begun", 1) };
  for (const named of [["Student", "Teacher"], ["Student"]]) {
    const { seen, findings } = await teacher.examine(
      await tinyPatient(folder, { ...begun, "PostProcess.model_name": named }),
    );
    expect(seen).toBe("acc on Eval: Teacher 0 %");
    expect(findings).toMatchObject([
      { severity: "fault", problem: expect.stringContaining("Teacher is frozen and reads 0 % of the Eval lines") },
    ]);
  }
});

test("one that reads may teach", async () => {
  // After 160 epochs the last bits of a step decide whether one of the four lines is still misread.
  const weights = { "Global.pretrained_model": await trained("learnt", 240) };
  const { seen, findings } = await teacher.examine(await tinyPatient(folder, { ...frozen, ...weights }));
  expect(findings).toEqual([]);
  expect(seen).toBe("acc on Eval: Teacher 100 %");
}, 300_000);
