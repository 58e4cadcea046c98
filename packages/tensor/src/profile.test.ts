import { expect, test } from "vitest";
import { cpu, matmul, profilingDevice, sum, tensor, withDevice } from "./index.js";

test("a profiling device gives the values of the device inside, and the time of each kernel that ran", () => {
  const device = profilingDevice(cpu());
  const total = withDevice(device, () => sum(matmul(tensor([1, 2, 3, 4], [2, 2]), tensor([1, 0, 0, 2], [2, 2]))));
  expect(total.item()).toBe(1 + 4 + 3 + 8);
  expect([...device.milliseconds.keys()].sort()).toEqual(["gemm", "reduce"]);
  for (const time of device.milliseconds.values()) expect(time).toBeGreaterThanOrEqual(0);
  device.reset();
  expect(device.milliseconds.size).toBe(0);
});
