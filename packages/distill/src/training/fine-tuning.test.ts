import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Tensor } from "@retort/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  lossesIn,
  reportsOf,
  stateOf,
  tinyAloneConfig,
  tinyConfig,
  tinyRun,
  writeTinyData,
} from "../../testing/tiny-training.js";
import { loadConfig } from "../config/load.js";
import type { Overrides } from "../config/overrides.js";
import { extract } from "../weights/extract.js";
import { readWeights } from "../weights/weight-file.js";
import { evaluateFromConfig, inferFromConfig } from "./infer.js";
import { createRun, type Run } from "./run.js";

let folder: string;
/** The run whose networks are tuned, and the loss of its first step. */
let distilled: Run;
let firstLoss: number;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-tuning-"));
  await writeTinyData(folder, 12);
  distilled = await tinyRun(folder, { "Global.save_model_dir": at("distilled"), "Global.epoch_num": 6 });
  firstLoss = lossesIn(await reportsOf(distilled))[0].loss;
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const values = (state: ReadonlyMap<string, Tensor>): Map<string, unknown> =>
  new Map([...state].map(([key, value]) => [key, value.dataSync()]));

/** The weights of one network of the distillation, without its name. */
function distilledWeights(name: string): Map<string, unknown> {
  const { network } = distilled.model.networks.get(name) ?? expect.fail(`no ${name}`);
  return values(network.stateDict());
}

async function aloneRun(overrides: Record<string, unknown>): Promise<Run> {
  return createRun(await loadConfig(...tinyAloneConfig(folder, overrides)));
}

/** Trains to the end. Losses must stay finite, and these networks must have learnt. Returns the loss of the first step. */
async function expectTraining(run: Run, ...networks: string[]): Promise<number> {
  const before = stateOf(run);
  const losses = lossesIn(await reportsOf(run)).map(({ loss }) => loss);
  expect(losses.length).toBeGreaterThan(1);
  expect(losses.every(Number.isFinite)).toBe(true);
  const after = stateOf(run);
  for (const network of networks) {
    for (const key of ["backbone.conv1._conv.weight", "head.ctc_head.fc.weight"].map((key) => network + key)) {
      expect(after.get(key), key).toBeDefined();
      expect(after.get(key), key).not.toEqual(before.get(key));
    }
  }
  return losses[0];
}

/** What one network reads in the images of the evaluation data. */
async function readingsOf(config: string, overrides: Overrides, name: string): Promise<unknown[]> {
  const readings: unknown[] = [];
  const images = [0, 1, 2, 3].map((i) => at(`images/${i}.png`));
  for await (const reading of inferFromConfig(config, overrides, images)) readings.push(reading.readings[name]);
  return readings;
}

test("with distillation: a training begins with all networks of a distilled checkpoint", async () => {
  const run = await tinyRun(folder, {
    "Global.pretrained_model": at("distilled/latest"),
    "Global.save_model_dir": at("tuned"),
  });
  expect(values(run.model.stateDict())).toEqual(values(distilled.model.stateDict()));
  expect(await expectTraining(run, "Teacher.", "Student.")).toBeLessThan(firstLoss);
});

describe.each([".safetensors", ".pdparams"])("alone: the Student, extracted as %s", (ending) => {
  const name = `student-${ending.slice(1)}`;
  beforeAll(async () => {
    await extract({ checkpoint: at("distilled/latest"), model: "Student", out: at(name + ending) });
  });

  test("reads what it read beside its Teacher", async () => {
    const both = tinyConfig(folder, { "Global.checkpoints": at("distilled/latest") });
    const alone = tinyAloneConfig(folder, { "Global.pretrained_model": at(name) });
    expect(await readingsOf(...alone, "")).toEqual(await readingsOf(...both, "Student"));
    const [{ metrics: wanted }, { metrics, checkpoint }] = [
      await evaluateFromConfig(...both),
      await evaluateFromConfig(...alone),
    ];
    expect(metrics).toEqual({ acc: wanted.acc, norm_edit_dis: wanted.norm_edit_dis });
    expect(checkpoint).toBe(at(name + ending));
  });

  test("trains alone", async () => {
    const run = await aloneRun({ "Global.pretrained_model": at(name), "Global.save_model_dir": at(`${name}-run`) });
    expect(values(run.model.stateDict())).toEqual(distilledWeights("Student"));
    const fresh = lossesIn(await reportsOf(await aloneRun({ "Global.save_model_dir": at("fresh") }), 1))[0].loss;
    expect(await expectTraining(run, "")).toBeLessThan(fresh);
  });

  test("teaches another Student, frozen, which begins with a checkpoint of a network alone", async () => {
    const tuned = { "Global.pretrained_model": at(name), "Global.save_model_dir": at(`${name}-step`) };
    await reportsOf(await aloneRun(tuned), 1);
    const run = await tinyRun(folder, {
      "Architecture.Models.Teacher.pretrained": at(name + ending),
      "Architecture.Models.Teacher.freeze_params": true,
      "Architecture.Models.Student.pretrained": at(`${name}-step/latest`),
      "Loss.loss_config_list.3.DistillationCTCLoss.model_name_list": ["Student"],
      "Loss.loss_config_list.4.DistillationSARLoss.model_name_list": ["Student"],
      "Global.save_model_dir": at("taught"),
    });
    const [teacher, student] = ["Teacher", "Student"].map((network) => run.model.networks.get(network)?.network);
    const before = distilledWeights("Student");
    expect(values(teacher?.stateDict() ?? new Map())).toEqual(before);
    expect(values(student?.stateDict({ aliases: false }) ?? new Map())).toEqual(
      values(await readWeights(at(`${name}-step/latest`))),
    );
    await expectTraining(run, "Student.");
    expect(values(teacher?.stateDict() ?? new Map())).toEqual(before);
  });
});

test("a trained checkpoint is read without the weights that its training began with", async () => {
  const [path, overrides] = tinyConfig(folder, {
    "Global.checkpoints": at("distilled/latest"),
    "Architecture.Models.Teacher.pretrained": at("gone"),
  });
  const plain = tinyConfig(folder, { "Global.checkpoints": at("distilled/latest") });
  expect(await evaluateFromConfig(path, overrides)).toEqual(await evaluateFromConfig(...plain));
});

test("weights that are missing or of another architecture are named with their key before anything trains", async () => {
  const key = "Architecture.Models.Teacher.pretrained";
  await expect(tinyRun(folder, { [key]: at("none.pdparams") })).rejects.toThrow(
    `${key}: there is no ${at("none.pdparams")}`,
  );
  await expect(tinyRun(folder, { [key]: at("distilled/latest") })).rejects.toThrow(
    `${key}: ${at("distilled/latest.json")}: the keys fit without the prefix "Teacher." or "Student."`,
  );
  const wide = tinyRun(folder, {
    "Global.pretrained_model": at("distilled/latest"),
    "Architecture.Models.Teacher.Backbone.scale": 0.125,
    "Architecture.Models.Student.Backbone.scale": 0.125,
  });
  await expect(wide).rejects.toThrow(
    /^Global\.pretrained_model: .*latest\.json: the state dict does not fit the network, \d+ differences:\n {2}shape/,
  );
  const resumed = tinyRun(folder, {
    "Global.checkpoints": at("distilled/latest"),
    "Architecture.Models.Teacher.Backbone.scale": 0.125,
    "Architecture.Models.Student.Backbone.scale": 0.125,
  });
  await expect(resumed.then((run) => reportsOf(run))).rejects.toThrow(/latest\.json: the state dict does not fit/);
});

test("a training does not go on from weights alone", async () => {
  const run = await tinyRun(folder, { "Global.checkpoints": at("student-pdparams") });
  await expect(reportsOf(run)).rejects.toThrow(
    `Global.checkpoints: ${at("student-pdparams.pdparams")} holds weights alone, so no training can go on from it; ` +
      "name it as Global.pretrained_model to begin with them",
  );
  await run.train.close();
});
