import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backward, withRandom } from "@retort/autograd";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyPatient } from "../../../testing/tiny-patient.js";
import { writeTinyData } from "../../../testing/tiny-training.js";
import { combined } from "../../losses/combined.js";
import { termsFromConfig } from "../../losses/from-config.js";
import { tensorsOf } from "../../training/tensors.js";
import { short } from "../diagnosis.js";
import { balance } from "./balance.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-doctor-"));
  await writeTinyData(folder, 8);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const distance = "Loss.loss_config_list.2.DistillationDistanceLoss";

test("terms that leave the labels their say; what is said is the term's loss and gradient", async () => {
  const patient = await tinyPatient(folder);
  const { seen, findings } = await balance.examine(patient);
  expect(findings).toEqual([]);
  const batch = await patient.batch();
  await patient.withRun((run) => {
    const { images, heads, targets } = tensorsOf(batch);
    const ctc = termsFromConfig(patient.loaded.config.loss, run.sarIgnoreIndex, run.adapters)[3];
    const { loss } = withRandom(run.random.split("step", 0), () =>
      combined([ctc])(run.model.train().forward(images, heads), targets, 0),
    );
    const value = loss.item();
    const gradients = backward(loss);
    let squares = 0;
    for (const [key, parameter] of run.model.namedParameters()) {
      if (!key.startsWith("Student.")) continue;
      for (const x of (gradients.get(parameter)?.value.dataSync() ?? []) as Float32Array) squares += x * x;
    }
    expect(squares).toBeGreaterThan(0);
    expect(seen).toContain(`DistillationCTCLoss ${short(value)} (gradient ${short(Math.sqrt(squares))})`);
  });
});

test("a term that outweighs the labels is named with the weight that would not", async () => {
  const heavy = { [`${distance}.weight`]: 1e6, [`${distance}.ramp`]: { start: 0, steps: 1 } };
  const { findings } = await balance.examine(await tinyPatient(folder, heavy));
  expect(findings).toHaveLength(1);
  const [{ severity, problem, change }] = findings;
  expect(severity).toBe("fault");
  const [, times] =
    /^The gradient of DistillationDistanceLoss \(term 2, weight 1000000, .* at Student is (\S+) times that of the labels\.$/.exec(
      problem,
    ) ?? [];
  const [, weight] = /^Lower its weight to about (\S+), or let it rise/.exec(change) ?? [];
  expect((Number(times) * Number(weight)) / 1e6).toBeCloseTo(1, 0);
  // With that weight it is as strong as the labels.
  const mended = { ...heavy, [`${distance}.weight`]: Number(weight) };
  expect((await balance.examine(await tinyPatient(folder, mended))).findings).toEqual([]);
});

test("one that rises later is a doubt, and a network that does not learn is not measured", async () => {
  const later = await balance.examine(await tinyPatient(folder, { [`${distance}.weight`]: 1e6 }));
  expect(later.findings).toMatchObject([
    { severity: "doubt", problem: expect.stringContaining("once its ramp has risen") },
  ]);
  const frozen = await balance.examine(
    await tinyPatient(folder, { "Architecture.Models.Student.freeze_params": true }),
  );
  expect(frozen).toEqual({ seen: "not measured: Student does not learn", findings: [] });
});
