import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backward, type Parameter, type Variable } from "@retort/autograd";
import type { Tensor } from "@retort/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lossesIn, reportsOf, stateOf, tinyConfig, tinyRun, writeTinyData } from "../../testing/tiny-training.js";
import { ConfigError } from "../config/index.js";
import { plan } from "../plan/plan.js";
import { readCheckpoint } from "./checkpoint.js";
import { evaluateFromConfig } from "./infer.js";
import { namedParameters } from "./parameters.js";
import type { Run } from "./run.js";
import { trainStep } from "./step.js";
import { tensorsOf } from "./tensors.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-adapters-"));
  await writeTinyData(folder, 12);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const distance = "Loss.loss_config_list.2.DistillationDistanceLoss";
const wider = { "Architecture.Models.Student.Backbone.scale": 0.125, [`${distance}.ramp`]: { start: 0, steps: 1 } };
const adapted = { ...wider, [`${distance}.adapter`]: { type: "conv1x1" } };

const lossesOf = async (run: Run, stopAfter?: number): Promise<unknown[]> => lossesIn(await reportsOf(run, stopAfter));

const values = (tensors: ReadonlyMap<string, Tensor>): [string, unknown][] =>
  [...tensors].map(([key, value]) => [key, value.dataSync()]);

test("features of different shapes without an adapter are an error that names both", async () => {
  const loading = tinyRun(folder, wider);
  await expect(loading).rejects.toThrow(ConfigError);
  await expect(loading).rejects.toThrow(
    "backbone_out is [batch, 128, 1, 20] in Student and [batch, 64, 1, 20] in Teacher; name an adapter",
  );
});

test("the loss reaches the adapter, and through it the student", async () => {
  const run = await tinyRun(folder, adapted);
  for await (const batch of run.train.epoch()) {
    const { images, heads, targets } = tensorsOf(batch);
    const { parts } = run.loss(run.model.train().forward(images, heads), targets, 5);
    const gradients = backward(parts.get("loss_distance_l2_Student_Teacher_0") as Variable);
    const parameters = namedParameters(run);
    for (const key of [
      "adapter/2.0.conv.weight",
      "adapter/2.0.conv.bias",
      "Student.backbone.conv1._conv.weight",
      "Teacher.backbone.conv1._conv.weight",
    ]) {
      const gradient = gradients.get(parameters.get(key) as Parameter)?.value.dataSync() as Float32Array;
      expect(Math.hypot(...gradient), key).toBeGreaterThan(0);
    }
    break;
  }
  await run.train.close();
});

test("the adapter trains, resumes to the bit, and is no part of the networks", async () => {
  const whole = await tinyRun(folder, { ...adapted, "Global.save_model_dir": join(folder, "whole") });
  const fresh = new Map(values(whole.adapters.stateDict()));
  const losses = await lossesOf(whole);
  for (const [key, value] of values(whole.adapters.stateDict())) expect(value, key).not.toEqual(fresh.get(key));

  const place = join(folder, "parts");
  const latest = join(place, "latest");
  const first = await tinyRun(folder, { ...adapted, "Global.save_model_dir": place });
  const before = await lossesOf(first, 4);
  const resuming = { ...adapted, "Global.save_model_dir": place, "Global.checkpoints": latest };
  const checkpoint = await readCheckpoint(latest);
  expect(values(checkpoint.adapters)).toEqual(values(first.adapters.stateDict()));
  expect([...checkpoint.weights.keys()].sort()).toEqual([...first.model.stateDict({ aliases: false }).keys()].sort());
  const second = await tinyRun(folder, resuming);
  expect([...before, ...(await lossesOf(second))]).toEqual(losses);
  expect(stateOf(second)).toEqual(stateOf(whole));
  expect((await evaluateFromConfig(...tinyConfig(folder, resuming))).images).toBe(4);
});

test("adding an adapter leaves the networks' first weights as they were", async () => {
  const [plain, other] = await Promise.all([
    tinyRun(folder),
    tinyRun(folder, { [`${distance}.adapter`]: { type: "conv1x1" } }),
  ]);
  expect(values(other.model.stateDict())).toEqual(values(plain.model.stateDict()));
  expect(other.adapters.parameters()).toHaveLength(2);
});

const dml = "Loss.loss_config_list.0.DistillationDMLLoss";
const shorter = {
  "Architecture.Models.Student.Backbone.last_conv_stride": [1, 2],
  [`${dml}.adapter`]: { type: "resize" },
  [`${distance}.adapter`]: { type: "resize" },
};

test.each([
  ["conv1x1", adapted, "Student [4, 128, 1, 20] and Teacher [4, 64, 1, 20]"],
  ["resize", shorter, "Student [4, 64, 1, 10] and Teacher [4, 64, 1, 20]"],
])("a plan takes a step through a %s adapter and tells of it, a run takes it", async (type, overrides, shapes) => {
  const report = await plan(...tinyConfig(folder, overrides));
  expect(report.losses[2]).toMatchObject({ kind: "DistillationDistanceLoss", adapter: type });
  expect(report.sections[1].lines[2]).toContain(`reads backbone_out of ${shapes}, through a ${type} adapter`);
  const run = await tinyRun(folder, overrides);
  for await (const batch of run.train.epoch()) {
    const { dml_ctc_0, loss_distance_l2_Student_Teacher_0: l2 } = await trainStep(run, batch, 1000);
    expect(Math.min(dml_ctc_0, l2)).toBeGreaterThan(0);
    break;
  }
  await run.train.close();
});
