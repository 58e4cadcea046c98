import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setThreads, threads } from "@retort/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lossesIn, reportsOf, stateOf, tinyRun, writeTinyData } from "../../testing/tiny-training.js";
import { parseHistory } from "../log/history.js";
import { trainStep } from "./step.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-train-"));
  await writeTinyData(folder, 24);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("k steps, stop, resume gives the same bits as an uninterrupted run", async () => {
  const whole = await tinyRun(folder, { "Global.save_model_dir": join(folder, "whole") });
  const reports = await reportsOf(whole);
  expect(reports.filter(({ kind }) => kind === "step")).toHaveLength(12);

  const place = join(folder, "parts");
  const first = await tinyRun(folder, { "Global.save_model_dir": place });
  const before = await reportsOf(first, 4);
  expect(before.at(-1)).toMatchObject({ kind: "saved", path: join(place, "latest.json") });
  const second = await tinyRun(folder, { "Global.save_model_dir": place, "Global.checkpoints": join(place, "latest") });
  const after = await reportsOf(second);

  expect([...lossesIn(before), ...lossesIn(after)]).toEqual(lossesIn(reports));
  expect(stateOf(second)).toEqual(stateOf(whole));
});

test("one checkpoint of each name stays, and the log has the reference's lines", async () => {
  const place = join(folder, "logged");
  const run = await tinyRun(folder, { "Global.save_model_dir": place, "Global.print_batch_step": 3 });
  await reportsOf(run);
  const files = readdirSync(place).sort();
  expect(files.filter((name) => name.startsWith("latest"))).toEqual(["latest.json", "latest.step-12.safetensors"]);
  expect(files.some((name) => name.startsWith("best_accuracy.step-"))).toBe(true);
  const log = readFileSync(join(place, "train.log"), "utf8").trimEnd().split("\n");
  expect(log[log.length - 1]).toMatch(/ppocr INFO: best metric, acc: .*best_epoch: \d+$/);
  expect(log.filter((line) => line.includes("epoch: [2/2], global_step: 12, lr: "))).toHaveLength(1);
  expect(existsSync(join(place, "metrics.jsonl"))).toBe(true);
});

test("an evaluation records every network, named by PostProcess or not, and how far they agree", async () => {
  const place = join(folder, "recorded");
  const named = { "PostProcess.model_name": ["Student"], "Metric.key": "Student" };
  const run = await tinyRun(folder, { "Global.save_model_dir": place, "Global.epoch_num": 1, ...named });
  await reportsOf(run);
  const { steps, evaluations } = parseHistory(readFileSync(join(place, "metrics.jsonl"), "utf8"), "metrics.jsonl");
  expect(steps.at(-1)).toMatchObject({ step: 6, epochs: 1 });
  const [{ metrics, networks, agreement, network, time }] = evaluations;
  expect(Object.keys(metrics)).toEqual(["acc", "norm_edit_dis"]);
  expect(network).toBe("Student");
  expect(Object.keys(networks ?? {})).toEqual(["Student", "Teacher"]);
  expect(networks?.Student).toEqual(metrics);
  expect(agreement).toMatchObject([{ between: ["Student", "Teacher"], metrics: { acc: expect.any(Number) } }]);
  expect(Math.abs((time ?? 0) - Date.now() / 1000)).toBeLessThan(3600);
});

test("one and two threads give the same bits", async () => {
  const before = threads();
  const states: Map<string, Float32Array>[] = [];
  try {
    for (const count of [1, 2]) {
      setThreads(count);
      const run = await tinyRun(folder, { "Global.epoch_num": 1, "Global.save_model_dir": join(folder, `t${count}`) });
      await reportsOf(run, 3);
      states.push(stateOf(run));
    }
  } finally {
    setThreads(before);
  }
  expect(states[1]).toEqual(states[0]);
});

test("a batch in parts has the loss of the whole", async () => {
  const [whole, parts] = await Promise.all([tinyRun(folder), tinyRun(folder, { "Train.loader.micro_batch_size": 4 })]);
  for await (const batch of whole.train.epoch()) {
    expect(await trainStep(parts, batch, 1000)).toEqual(await trainStep(whole, batch, 1000));
    break;
  }
  await Promise.all([whole.train.close(), parts.train.close()]);
});
