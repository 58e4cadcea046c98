import { beforeAll, describe, expect, it } from "vitest";
import { installWebGpu } from "../../../../fixtures/swiftshader.js";
import { withDevice } from "../devices.js";
import { DeviceError } from "../errors.js";
import { zeros } from "../ops/create.js";
import { gpuCases, outcomeOf } from "../testing/gpu-cases.js";
import { type GpuDevice, gpuDevice } from "./device.js";

const missing = await installWebGpu();
if (missing !== undefined) console.log(`skipped: WebGPU in Node: ${missing}`);

describe.skipIf(missing !== undefined)("the GPU device in mode webgpu, on SwiftShader", () => {
  let gpu: GpuDevice;
  beforeAll(async () => {
    gpu = await gpuDevice("webgpu");
  });

  it.each(Object.entries(gpuCases))("%s", async (_, make) => {
    const { error, fallbacks, liveArrays } = await outcomeOf(gpu, make);
    expect(error).toBeLessThanOrEqual(1);
    expect(fallbacks).toEqual([]);
    expect(liveArrays).toBe(0);
  });

  it("says that it can only be read asynchronously", async () => {
    const x = withDevice(gpu, () => zeros([2]));
    expect(() => x.dataSync()).toThrow(DeviceError);
    expect(() => x.dataSync()).toThrow("use await data() instead of dataSync()");
    x.release();
  });
});
