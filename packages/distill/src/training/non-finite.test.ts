import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tensor } from "@retort/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { reportsOf, stateOf, tinyRun, writeTinyData } from "../../testing/tiny-training.js";
import type { Run } from "./run.js";
import { NonFiniteLossError, trainStep } from "./step.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-non-finite-"));
  await writeTinyData(folder, 8);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Puts NaN into the weights that make the Student's CTC logits. */
function spoil({ model }: Run): void {
  const state = new Map(model.stateDict());
  const key = "Student.head.ctc_head.fc.weight";
  const { shape, size } = state.get(key) ?? expect.fail(`no ${key}`);
  model.loadStateDict(state.set(key, tensor(new Float32Array(size).fill(Number.NaN), shape)));
}

test("a step whose loss is not finite names the first such term and leaves weights and optimizer", async () => {
  const run = await tinyRun(folder);
  spoil(run);
  const keys = [...run.model.namedParameters().keys()];
  const before = stateOf(run);
  for await (const batch of run.train.epoch()) {
    await expect(trainStep(run, batch, 0)).rejects.toThrow(new NonFiniteLossError("step 1: dml_ctc_0 is NaN"));
    break;
  }
  await run.train.close();
  const after = stateOf(run);
  for (const key of keys) expect(after.get(key), key).toEqual(before.get(key));
});

test("a training stops there and its last checkpoint stays as it was", async () => {
  const place = join(folder, "run");
  await reportsOf(await tinyRun(folder, { "Global.epoch_num": 1, "Global.save_model_dir": place }));
  const files = (): [string, string][] =>
    readdirSync(place)
      .filter((name) => name.startsWith("latest"))
      .map((name) => [
        name,
        createHash("sha256")
          .update(readFileSync(join(place, name)))
          .digest("hex"),
      ]);
  const before = files();
  const run = await tinyRun(folder, { "Global.save_model_dir": place });
  spoil(run);
  await expect(reportsOf(run)).rejects.toThrow(NonFiniteLossError);
  await run.train.close();
  expect(before).toHaveLength(2);
  expect(files()).toEqual(before);
});
