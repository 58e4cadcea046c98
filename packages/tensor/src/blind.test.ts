import { describe, expect, it } from "vitest";
import { blindDevice } from "./blind.js";
import { commonDevice, currentDevice, withDevice } from "./devices.js";
import { DeviceError } from "./errors.js";
import { scope } from "./memory.js";
import { concat } from "./ops/concat.js";
import { ones, tensor, zeros } from "./ops/create.js";
import { matmul } from "./ops/matmul.js";
import { max, sum } from "./ops/reduce.js";
import { logSoftmax } from "./ops/softmax.js";
import { transpose } from "./ops/views.js";

describe("the blind device", () => {
  it("runs a program by its shapes and counts the memory that it takes", () => {
    const device = blindDevice();
    withDevice(device, () => {
      const weight = zeros([100, 50]);
      expect(device.liveBytes).toBe(20_000);
      const result = scope(() => {
        const product = matmul(ones([10, 100]), weight);
        return sum(logSoftmax(concat([product, product], 1)), { axes: 1 });
      });
      expect(result.shape).toEqual([10]);
      expect(device.liveBytes).toBe(20_000 + 40);
      expect(device.peakBytes).toBeGreaterThanOrEqual(20_000 + 4000 + 2000 + 2 * 4000);
      expect(device.runs.get("gemm")).toBe(1);
      expect(device.runs.get("reduce")).toBe(1);
      for (const x of [result, weight]) x.release();
      expect(device.liveBytes).toBe(0);
    });
  });

  it("still finds what is wrong with shapes", () => {
    withDevice(blindDevice(), () => {
      expect(() => matmul(ones([2, 3]), ones([2, 3]))).toThrow("[2, 3] and [2, 3]");
      expect(() => max(ones([0]))).toThrow("nothing to choose from");
    });
  });

  it("refuses to be read, at once or later", async () => {
    const x = withDevice(blindDevice(), () => transpose(tensor([1, 2], [1, 2])));
    expect(() => x.dataSync()).toThrow("shapes but no data");
    await expect(x.data()).rejects.toThrow(DeviceError);
  });
});

describe("the current device", () => {
  it("comes back after withDevice, also when it throws", () => {
    const before = currentDevice();
    const device = blindDevice();
    expect(withDevice(device, () => currentDevice())).toBe(device);
    expect(() =>
      withDevice(device, () => {
        throw new Error("stop");
      }),
    ).toThrow("stop");
    expect(currentDevice()).toBe(before);
  });

  it("is asked for in vain when tensors lie on several", () => {
    const x = withDevice(blindDevice(), () => ones([1]));
    expect(() => commonDevice([x, ones([1])])).toThrow("different devices: blind and cpu");
    expect(() => matmul(ones([1, 1]), x.view([1, 1], [1, 1], 0))).toThrow(DeviceError);
    expect(commonDevice([])).toBe(currentDevice());
  });
});
