import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GpuDevice, type GpuMode, gpuDevice } from "@retort/tensor/gpu";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installWebGpu } from "../../../../fixtures/swiftshader.js";
import { lossesIn, reportsOf, tinyConfig, writeTinyData } from "../../testing/tiny-training.js";
import { loadConfig } from "../config/load.js";
import { deviceOf } from "../model/device-of.js";
import { alone } from "../parallel/communicator.js";
import { createRun } from "./run.js";

const missing = await installWebGpu();
if (missing !== undefined) console.log(`skipped: training under WebGPU in Node: ${missing}`);

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-device-"));
  await writeTinyData(folder, 8);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const config = (name: string, overrides: Record<string, unknown> = {}): [string, Record<string, unknown>] =>
  tinyConfig(folder, { "Global.save_model_dir": join(folder, name), "Train.loader.num_workers": 0, ...overrides });

async function losses(name: string, device?: GpuDevice, overrides = {}): Promise<Readonly<Record<string, number>>[]> {
  const run = await createRun(await loadConfig(...config(name, overrides)), alone, device);
  if (device !== undefined) expect(deviceOf(run.model)).toBe(device);
  return lossesIn(await reportsOf(run));
}

test.for<GpuMode>(missing === undefined ? ["webasm", "webgpu"] : ["webasm"])(
  "on the GPU device in mode %s a training has the CPU's losses, and goes on from the CPU's checkpoint",
  { timeout: 600_000 },
  async (mode) => {
    const gpu = await gpuDevice(mode);
    const onCpu = await losses("cpu");
    const onGpu = await losses(mode, gpu);
    expect(onGpu).toHaveLength(4);
    for (const [i, { loss }] of onGpu.entries()) expect(Math.abs(loss / onCpu[i].loss - 1)).toBeLessThan(1e-3);
    expect([...gpu.fallbacks.keys()].sort()).toEqual(["ctc", "ctcGrad"]);
    const goOn = { "Global.checkpoints": join(folder, "cpu", "latest"), "Global.epoch_num": 3 };
    const [next] = await losses(`${mode}-again`, gpu, goOn);
    const [wanted] = await losses("cpu-again", undefined, goOn);
    expect(Math.abs(next.loss / wanted.loss - 1)).toBeLessThan(1e-3);
    gpu.destroy();
  },
);
