import { afterAll, beforeAll, expect, test } from "vitest";
import { calibrateThreshold } from "./calibrate-threshold.js";
import { type GpuDevice, gpuDevice } from "./device.js";

let gpu: GpuDevice;
beforeAll(async () => {
  gpu = await gpuDevice("cpu");
});
afterAll(() => gpu.destroy());

/** The device, whose calls take three milliseconds more where they run, or else where they stay on the CPU. */
function slowed(where: "device" | "cpu"): GpuDevice {
  const device: GpuDevice = Object.create(gpu);
  device.run = (kernel, call) => {
    const here = device.workThreshold.numbers === 0;
    const end = performance.now() + (here === (where === "device") ? 3 : 0);
    gpu.run.call(device, kernel, call);
    while (performance.now() < end);
  };
  return device;
}

test("a device that is slower than the CPU with all work that is tried gets none of it", async () => {
  const device = slowed("device");
  const threshold = { numbers: 2 * 65_536 + 1, operations: 2 * 128 ** 3 + 1 };
  expect(await calibrateThreshold(device)).toEqual(threshold);
  expect(device.workThreshold).toEqual(threshold);
  expect([device.runs.size, device.kept.size, gpu.liveArrays]).toEqual([0, 0, 0]);
});

test("a device that is faster than the CPU with any work gets all of it", async () => {
  const device = slowed("cpu");
  expect(await calibrateThreshold(device)).toEqual({ numbers: 0, operations: 0 });
  expect(device.workThreshold).toEqual({ numbers: 0, operations: 0 });
});
