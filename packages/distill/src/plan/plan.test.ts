import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpu, memory, withDevice } from "@retort/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConfigError, classCounts, parseConfig } from "../config/index.js";
import { modelFromConfig } from "../model/from-config.js";
import { BlindRun } from "./blind-run.js";
import { plan } from "./plan.js";

const quickstart = new URL("../../../../configs/rec/quickstart.yml", import.meta.url).pathname;
const digits = { characters: [..."0123456789"] };
let folder: string;
let data: Record<string, unknown>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "retort-plan-"));
  const write = (name: string, labels: readonly string[]): void =>
    writeFileSync(join(folder, name), labels.map((label, i) => `${i}.png\t${label}\n`).join(""));
  const picture = readFileSync(new URL("../../../../fixtures/images/plain.png", import.meta.url));
  for (let i = 0; i < 70; i++) writeFileSync(join(folder, `${i}.png`), picture);
  write(
    "train.txt",
    Array.from({ length: 70 }, (_, i) => (i === 0 ? "12x34y" : i < 3 ? "1234567" : i === 3 ? "xx" : "123")),
  );
  write(
    "val.txt",
    Array.from({ length: 71 }, () => "42"),
  );
  writeFileSync(join(folder, "dict.txt"), `${digits.characters.join("\n")}\n`);
  data = {
    "Global.character_dict_path": join(folder, "dict.txt"),
    "Train.dataset.data_dir": folder,
    "Train.dataset.label_file_list": join(folder, "train.txt"),
    "Eval.dataset.data_dir": folder,
    "Eval.dataset.label_file_list": join(folder, "val.txt"),
  };
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("a training step on the blind device", () => {
  const { config } = parseConfig(readFileSync(quickstart, "utf8"));

  test("the quickstart's step runs whole, and gives back all but what stays", () => {
    const before = memory.stats().bytes;
    const run = new BlindRun(config, classCounts(digits));
    const weights = run.device.liveBytes;
    const peak = run.step();
    for (const kernel of ["conv2dWeightGrad", "lstmGrad", "ctcGrad", "batchNormGrad", "crossEntropyGrad", "adam"]) {
      expect(run.device.runs.get(kernel as "adam"), kernel).toBeGreaterThan(0);
    }
    const parameters = run.model.parameters();
    expect(run.device.runs.get("adam")).toBe(parameters.length);
    const bytes = parameters.reduce((sum, { value }) => sum + 4 * value.size, 0);
    expect(run.device.liveBytes).toBe(weights + 2 * bytes);
    expect(peak).toBeGreaterThan(weights + 3 * bytes);
    expect(memory.stats().bytes - before).toBe(run.device.liveBytes);
  });

  test("half the samples at a time take about half the memory beside the weights", () => {
    const whole = new BlindRun(config, classCounts(digits)).step();
    const loader = { ...config.train.loader, microBatchSize: config.train.loader.batchSize / 2 };
    const parts = new BlindRun({ ...config, train: { ...config.train, loader } }, classCounts(digits));
    expect(parts.step()).toBeLessThan(0.65 * whole);
  });
});

test("a plan of the quickstart", async () => {
  const report = await plan(quickstart, data);
  const { networks, losses, schedule, dictionary } = report;
  const { config } = parseConfig(readFileSync(quickstart, "utf8"));
  const model = withDevice(cpu(), () => modelFromConfig(config.architecture, classCounts(digits)));
  const parameters = model.parameters().reduce((sum, { value }) => sum + value.size, 0) / 2;
  expect(networks).toEqual([
    { name: "Teacher", parameters, freeze: "learning", pretrained: undefined },
    { name: "Student", parameters, freeze: "learning", pretrained: undefined },
  ]);
  expect(losses).toHaveLength(5);
  expect(losses[0]).toEqual({
    kind: "DistillationDMLLoss",
    weight: 1,
    ramp: { start: 700, steps: 400 },
    feature: "head_out.ctc",
    reads: [
      { network: "Student", shape: [16, 20, 11] },
      { network: "Teacher", shape: [16, 20, 11] },
    ],
  });
  expect(losses[2]).toMatchObject({ feature: "backbone_out", reads: [{ shape: [16, 128, 1, 20] }, {}] });
  expect(losses[4]).toMatchObject({ feature: "head_out.sar", reads: [{ shape: [16, 8, 12] }, {}] });
  // 70 lines in batches of 16, the last one dropped; one epoch of warm-up from 0 and then a cosine to 0.
  expect(schedule).toMatchObject({ epochs: 7, stepsPerEpoch: 4, steps: 28, warmupSteps: 4 });
  expect(schedule.learningRates[0]).toBe(0);
  expect(schedule.learningRates[1]).toBeGreaterThan(schedule.learningRates[2]);
  expect(dictionary).toEqual({ characters: 10, file: join(folder, "dict.txt") });
  expect(report.headline).toMatch(
    /^2 networks \(\S+ \+ \S+ M parameters\), 5 losses, 70 lines, 28 steps, \d+ threads?$/,
  );
  expect(report.sections.map(({ title }) => title)).toEqual([
    "networks",
    "losses",
    "schedule",
    "data",
    "dictionary",
    "memory",
  ]);
  expect(report.memory.peakBytes).toBeLessThan(report.memory.availableBytes);
});

test("processes that train together make steps of all their samples", async () => {
  const { headline, schedule } = await plan(quickstart, data, { rank: 1, size: 2 });
  // 70 lines in batches of twice 16.
  expect(schedule).toMatchObject({ epochs: 7, stepsPerEpoch: 2, steps: 14 });
  expect(headline).toMatch(/70 lines, 14 steps, 2 processes of \d+ threads?$/);
});

test("what the data cannot give is counted and named", async () => {
  rmSync(join(folder, "69.png"));
  writeFileSync(join(folder, "68.png"), "no image");
  const { data: found, warnings, sections } = await plan(quickstart, data);
  expect(found[0]).toMatchObject({
    files: [{ file: join(folder, "train.txt"), lines: 70 }],
    unknownCharacters: [
      { character: "x", count: 3 },
      { character: "y", count: 1 },
    ],
  });
  expect(Object.entries(found[0].unusable).map(([reason, { count }]) => [reason, count])).toEqual([
    ["label too long", 2],
    ["label without a known character", 1],
    ["image missing", 1],
    ["unreadable image", 1],
  ]);
  expect(found[0].images).toBe(66);
  expect(found[0].unusable["image missing"].first).toContain("train.txt, line 70: there is no 69.png");
  expect(found[1]).toMatchObject({ unknownCharacters: [], files: [{ lines: 71 }] });
  expect(warnings.join("\n")).toMatch(/first evaluation would be at step 500.*lacks 2 characters.*"x" 3x, "y" 1x/s);
  expect(sections[3].lines.join("\n")).toContain("Train: 2 cannot be used: label too long, such as");
});

test("labels that CTC cannot align are counted, and a dictionary with duplicates is warned about", async () => {
  const labels = join(folder, "repeats.txt");
  writeFileSync(labels, ["1111111", "1234567", "1122334", "12"].map((label) => `0.png\t${label}\n`).join(""));
  const dictionary = join(folder, "duplicates.txt");
  writeFileSync(dictionary, `${digits.characters.join("\n")}\n3\n`);
  const report = await plan(quickstart, {
    ...data,
    "Global.character_dict_path": dictionary,
    "Global.max_text_length": 12,
    "Architecture.Models.Teacher.Head.head_list.1.SARHead.max_text_length": 12,
    "Architecture.Models.Student.Head.head_list.1.SARHead.max_text_length": 12,
    "Train.dataset.label_file_list": labels,
    "Train.dataset.transforms.2.RecResizeImg.image_shape": [3, 32, 40],
    "Train.loader.batch_size_per_card": 2,
    "Train.loader.drop_last": false,
  });
  const { "label too long for CTC": found } = report.data[0].unusable;
  expect(found).toEqual({
    count: 1,
    first: `${labels}, line 1: 7 characters need 13 time steps (equal neighbours one more), the network has 10`,
  });
  expect(report.warnings.join("\n")).toContain(`${dictionary}, line 11: "3" is already in line 4`);
});

test("data of which nothing can be used are an error with the reasons", async () => {
  const labels = join(folder, "none.txt");
  writeFileSync(join(folder, "68.png"), "no image");
  writeFileSync(labels, "68.png\t12\nabsent.png\t12\n0.png\txyz\n");
  await expect(plan(quickstart, { ...data, "Train.dataset.label_file_list": labels })).rejects.toThrow(
    /^Train: no line can be used of 3:\n1 x image missing.*\n1 x label without a known character.*\n1 x unreadable image/,
  );
  await expect(plan(quickstart, { ...data, "Eval.dataset.label_file_list": labels })).rejects.toThrow(
    "Eval: no line can be used of 3",
  );
});

test("missing files are named, all at once", async () => {
  const lists = { ...data, "Train.dataset.label_file_list": [join(folder, "a.txt"), join(folder, "b.txt")] };
  await expect(plan(quickstart, lists)).rejects.toThrow(
    `Train.dataset.label_file_list: there is no ${join(folder, "a.txt")}, ${join(folder, "b.txt")}`,
  );
  const weights = { ...data, "Architecture.Models.Teacher.pretrained": "absent.safetensors" };
  await expect(plan(quickstart, weights)).rejects.toThrow(
    "Architecture.Models.Teacher.pretrained: there is no absent.safetensors",
  );
  const bare = {
    ...weights,
    "Architecture.Models.Teacher.pretrained": "absent",
    "Global.pretrained_model": "gone.pdparams",
  };
  const problems = await plan(quickstart, bare).catch((error: ConfigError) => error.problems);
  expect(problems).toMatchObject([
    { path: "Global.pretrained_model", message: "there is no gone.pdparams" },
    {
      path: "Architecture.Models.Teacher.pretrained",
      message: "there is no absent.json, absent.pdparams or absent.safetensors",
    },
  ]);
  await expect(plan(quickstart, { ...data, "Global.epoch_num": "many" })).rejects.toThrow(ConfigError);
});
