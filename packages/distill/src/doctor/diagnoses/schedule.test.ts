import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyPatientAlone } from "../../../testing/tiny-patient.js";
import { writeTinyData } from "../../../testing/tiny-training.js";
import { schedule } from "./schedule.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-doctor-"));
  await writeTinyData(folder, 8);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A training of 1,000 steps that is evaluated every 100, with this schedule. */
const scheduled = (lr: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  tinyPatientAlone(folder, {
    "Optimizer.lr": lr,
    "Global.epoch_num": 500,
    "Global.eval_batch_step": [0, 100],
    ...more,
  });

test("a rate that rises from 0 and falls again", async () => {
  const { seen, findings } = await schedule.examine(
    await scheduled({ name: "Cosine", learning_rate: 0.001, warmup_epoch: 50 }),
  );
  expect(findings).toEqual([]);
  expect(seen).toMatch(/^0 at step 0, 0\.001 at most, \S+ at the end of 1000 steps$/);
});

test("a rate of 0, and one that is too high from the first step", async () => {
  const none = await schedule.examine(await scheduled({ name: "Const", learning_rate: 0 }));
  expect(none.findings).toMatchObject([{ severity: "fault", problem: expect.stringContaining("is 0 in every step") }]);
  const high = await schedule.examine(await scheduled({ name: "Cosine", learning_rate: 1 }));
  expect(high.findings).toMatchObject([
    {
      severity: "fault",
      problem: "The learning rate is 1 at step 0 and 1 at most; Adam hardly ever learns above 0.03.",
      change: "Set Optimizer.lr.learning_rate to 0.001, and let it rise: Optimizer.lr.warmup_epoch: 1.",
    },
  ]);
});

test("a warm-up longer than the training", async () => {
  const long = { name: "Cosine", learning_rate: 0.001, warmup_epoch: 5000 };
  const { findings } = await schedule.examine(await scheduled(long));
  expect(findings).toMatchObject([
    {
      severity: "fault",
      problem: expect.stringMatching(/still rising when the training ends after 1000 steps: from 0 to 0\.0001/),
    },
  ]);
});

test("a training that is short, is never evaluated, or begins with weights", async () => {
  const lr = { name: "Const", learning_rate: 0.001 };
  const short = await schedule.examine(await scheduled(lr, { "Global.epoch_num": 2 }));
  expect(short.findings.map(({ severity, problem }) => [severity, problem.slice(0, 40)])).toEqual([
    ["doubt", "Global.eval_batch_step: the first evalua"],
    ["doubt", "The training has 4 steps; networks that "],
  ]);
});
