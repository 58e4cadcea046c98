import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mul, type Variable } from "@retort/autograd";
import { afterAll, beforeAll, expect, test } from "vitest";
import { digestOf, lossesIn, reportsOf, tinyRun, writeTinyData } from "../../testing/tiny-training.js";
import type { TrainReport } from "../training/reports.js";
import type { Run } from "../training/run.js";
import { extract } from "../weights/extract.js";

let folder: string;
const at = (name: string): string => join(folder, name);

/** A frozen Teacher and a Student that learns all outputs from it; the data are the same in every epoch. */
const frozen = (): Record<string, unknown> => ({
  "Architecture.Models.Teacher.pretrained": at("teacher"),
  "Architecture.Models.Teacher.freeze_params": true,
  "Train.loader.drop_last": false,
  "Global.save_epoch_step": 100,
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-teacher-cache-"));
  await writeTinyData(folder, 6);
  await reportsOf(await tinyRun(folder, { "Global.save_model_dir": at("first"), "Global.epoch_num": 1 }), 1);
  await extract({ checkpoint: at("first/latest"), model: "Teacher", out: at("teacher.safetensors") });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** How many samples a network ran on, in training. */
function countsOf(run: Run, name: string): () => number {
  const network = run.model.networks.get(name)?.network ?? expect.fail(`no ${name}`);
  const forward = network.forward.bind(network);
  let samples = 0;
  network.forward = ((images: { shape: number[] }, targets: never) => {
    if (network.training) samples += images.shape[0];
    return forward(images as never, targets);
  }) as never;
  return () => samples;
}

/** Lets what a network says depend on how many samples go together, as rounding does, but more. */
function exaggerateRounding(run: Run, name: string): void {
  const network = run.model.networks.get(name)?.network ?? expect.fail(`no ${name}`);
  const forward = network.forward.bind(network);
  network.forward = ((images: Variable, targets: never) =>
    forward(mul(images, 1 + images.shape[0] / 100), targets)) as never;
}

async function trained(
  name: string,
  overrides: Record<string, unknown> = {},
  stop?: number,
): Promise<{ run: Run; reports: TrainReport[]; ran: number }> {
  const run = await tinyRun(folder, { ...frozen(), "Global.save_model_dir": at(name), ...overrides });
  const ran = countsOf(run, "Teacher");
  const reports = await reportsOf(run, stop);
  return { run, reports, ran: ran() };
}

const packsIn = (cache: string): string[] =>
  readdirSync(at(cache), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".pack"))
    .map((name) => at(join(cache, name)));

test("every picture goes through the teacher once; a later run does without it and ends with the same bits", async () => {
  const cache = { "Global.teacher_cache": at("cache"), "Global.teacher_cache_precision": "float32" };
  const plain = await trained("plain");
  expect(plain.ran).toBe(12);
  const first = await trained("cold", cache);
  expect(first.ran).toBe(6);
  const second = await trained("warm", cache);
  expect(second.ran).toBe(0);
  expect(digestOf(second.run)).toEqual(digestOf(first.run));
  expect(lossesIn(second.reports)).toEqual(lossesIn(first.reports));
  // What is stored was computed alone, and sums are rounded otherwise beside other samples.
  lossesIn(first.reports).forEach(({ loss }, i) => {
    expect(Math.abs(loss / lossesIn(plain.reports)[i].loss - 1)).toBeLessThan(1e-4);
  });
  const log = readFileSync(at("cold/train.log"), "utf8");
  expect(log).toContain("teacher_cache: 0 outputs were stored, 6 computed");
  expect(log).toContain("teacher_cache: 6 outputs were stored, 0 computed");
});

test("what other trainings stored, whose batches were others, gives the same bits", async () => {
  const train = async (name: string, cache: string, overrides: Record<string, unknown> = {}, stop?: number) => {
    const places = { "Global.teacher_cache": at(cache), "Global.save_model_dir": at(name) };
    const run = await tinyRun(folder, { ...frozen(), ...places, ...overrides });
    exaggerateRounding(run, "Teacher");
    await reportsOf(run, stop);
    return digestOf(run);
  };
  const own = await train("own", "cache-own");
  // Of the batch of six, three samples are there when it is their turn.
  await train("few", "cache-shared", { "Global.seed": 7, "Train.loader.batch_size_per_card": 3 }, 1);
  await train("all", "cache-shared", { "Global.seed": 8, "Train.loader.batch_size_per_card": 6 }, 1);
  expect(await train("after", "cache-shared")).toEqual(own);
}, 120_000);

/** Trains in one go with a fresh cache; gives the cache's keys, the run and its reports. */
async function uninterrupted(name: string) {
  const cache = { "Global.teacher_cache": at(`cache-${name}`) };
  return { cache, ...(await trained(name, cache)) };
}

test("k steps, stop, resume gives the same bits as an uninterrupted run", async () => {
  const whole = await uninterrupted("whole");
  const parts = { "Global.teacher_cache": at("cache-parts") };
  await trained("parts", parts, 1);
  const resumed = await trained("parts", { ...parts, "Global.checkpoints": at("parts/latest") });
  expect(digestOf(resumed.run)).toEqual(digestOf(whole.run));
  expect(lossesIn(resumed.reports)).toEqual(lossesIn(whole.reports).slice(1));
}, 120_000);

test("the same from a checkpoint that lies before what the cache holds", async () => {
  const whole = await uninterrupted("ahead");
  await trained("behind", whole.cache, 1);
  const resumed = await trained("behind", { ...whole.cache, "Global.checkpoints": at("behind/latest") });
  expect(resumed.ran).toBe(0);
  expect(digestOf(resumed.run)).toEqual(digestOf(whole.run));
}, 120_000);

test.each([
  ["half precision", {}, 2e-3],
  ["the most probable classes", { "Global.teacher_cache_top_k": 11 }, 2e-3],
])("%s changes losses little", async (name, form, tolerance) => {
  const losses = {
    ...form,
    "Loss.loss_config_list": [
      { DistillationCTCLoss: { weight: 1, model_name_list: ["Student"], key: "head_out", multi_head: true } },
      {
        DistillationDMLLoss: {
          weight: 1,
          act: "softmax",
          use_log: true,
          model_name_pairs: [["Student", "Teacher"]],
          key: "head_out",
          multi_head: true,
          dis_head: "ctc",
        },
      },
    ],
  };
  const exact = await trained(`${name} exact`, losses, 1);
  const stored = await trained(`${name} stored`, { ...losses, "Global.teacher_cache": at(`cache-${name}`) }, 1);
  const [[a], [b]] = [lossesIn(exact.reports), lossesIn(stored.reports)];
  expect(Object.keys(b)).toEqual(Object.keys(a));
  for (const key of Object.keys(a)) expect(Math.abs(b[key] - a[key]), key).toBeLessThan(tolerance * Math.abs(a.loss));
});

test("one teacher and two learners; parts of a batch; two teachers, each with a folder of its own", async () => {
  const teacher = { pretrained: at("teacher"), freeze_params: true };
  const run = await tinyRun(folder);
  const models = (run.loaded.raw as { Architecture: { Models: Record<string, object> } }).Architecture.Models;
  await run.train.close();
  const many = {
    "Architecture.Models": {
      Teacher: { ...models.Teacher, ...teacher },
      Student: models.Student,
      Second: models.Student,
      Elder: { ...models.Teacher, ...teacher },
    },
    "Loss.loss_config_list.0.DistillationDMLLoss.model_name_pairs": [
      ["Student", "Teacher"],
      ["Second", "Teacher"],
      ["Student", "Second"],
    ],
    "Loss.loss_config_list.1.DistillationDMLLoss.model_name_pairs": [["Second", "Elder"]],
    "Train.loader.micro_batch_size": 2,
    "Global.epoch_num": 1,
    "Global.teacher_cache": at("cache-many"),
  };
  const cold = await trained("many", many);
  expect(cold.ran).toBe(6);
  expect(readdirSync(at("cache-many"))).toHaveLength(2);
  const warm = await trained("many again", many);
  expect(warm.ran).toBe(0);
  expect(digestOf(warm.run)).toEqual(digestOf(cold.run));
});

test("another teacher's outputs are not taken for this one's", async () => {
  const cache = { "Global.teacher_cache": at("cache-other") };
  await trained("other", cache, 1);
  const changed = await trained("changed", { ...cache, "Architecture.Models.Teacher.pretrained": null }, 1);
  expect(changed.ran).toBe(4);
  expect(readdirSync(at("cache-other"))).toHaveLength(2);
});

test("what is damaged is reported, logged and computed again", async () => {
  const cache = { "Global.teacher_cache": at("cache-damaged") };
  const whole = await trained("undamaged", cache);
  for (const file of packsIn("cache-damaged")) {
    const bytes = readFileSync(file);
    bytes.fill(0, bytes.length - 8);
    writeFileSync(file, bytes);
  }
  const { run, reports, ran } = await trained("damaged", cache);
  expect(ran).toBe(1);
  expect(digestOf(run)).toEqual(digestOf(whole.run));
  const [file] = packsIn("cache-damaged").filter((name) =>
    reports.some((r) => "message" in r && r.message.includes(name)),
  );
  expect(reports.filter(({ kind }) => kind === "warning")).toEqual([
    { kind: "warning", message: `Global.teacher_cache: ${file} is damaged; what cannot be read is computed again` },
  ]);
  expect(readFileSync(at("damaged/train.log"), "utf8")).toContain(`warning: Global.teacher_cache: ${file} is damaged`);
  const after = await trained("mended", cache);
  expect([after.ran, after.reports.filter(({ kind }) => kind === "warning")]).toEqual([0, []]);
});

test("without frozen networks nothing is made", async () => {
  const run = await tinyRun(folder, { "Global.save_model_dir": at("none"), "Global.teacher_cache": at("cache-none") });
  await reportsOf(run, 1);
  expect(existsSync(at("cache-none"))).toBe(false);
});
