import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpu } from "@retort/tensor";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { lossesIn, tinyConfig, writeTinyData } from "../../testing/tiny-training.js";
import { deviceFor, openDevice } from "./device.js";
import { evaluateFromConfig } from "./infer.js";
import type { TrainReport } from "./reports.js";
import { trainFromConfig } from "./train.js";

const reason = "gpu.js mode webgpu: no adapter";
vi.mock("@retort/tensor/gpu", () => ({ chooseDevice: async () => ({ device: cpu(), reasons: [reason] }) }));

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-device-"));
  await writeTinyData(folder, 4);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("without use_gpu no GPU is looked for, and processes that work together take none", async () => {
  expect(await deviceFor({ useGpu: false })).toEqual({ device: cpu(), reasons: [] });
  const together = await deviceFor({ useGpu: true }, { size: 2 });
  expect(together).toEqual({ device: cpu(), reasons: ["processes that work together do so on CPUs alone"] });
});

test("where there is no GPU, use_gpu says so and the CPU works", async () => {
  const alone = { "Train.loader.num_workers": 0, "Eval.loader.num_workers": 0, "Global.epoch_num": 1 };
  const [path, overrides] = tinyConfig(folder, { "Global.use_gpu": true, ...alone });
  expect(await openDevice(path, overrides)).toEqual({ name: "cpu", reasons: [reason] });
  const reports: TrainReport[] = [];
  for await (const report of trainFromConfig(path, overrides)) reports.push(report);
  expect(reports[0]).toEqual({ kind: "warning", message: `Global.use_gpu: ${reason}; the cpu is used` });
  expect(lossesIn(reports)).toHaveLength(1);
  expect((await evaluateFromConfig(path, overrides)).device).toBe("cpu");
});
