import { expect, it } from "vitest";
import { cpu } from "../cpu/device.js";
import { chooseDevice } from "./choose-device.js";
import type { GpuMode } from "./gpu-js.js";

const impossible = "no such mode" as GpuMode;

it("takes the first mode that runs here, and says why not the ones before", async () => {
  const { device, reasons } = await chooseDevice([impossible, "webasm", "cpu"]);
  expect(device.name).toBe("gpu (webasm)");
  expect(reasons).toHaveLength(1);
  expect(reasons[0]).toMatch(/^gpu.js mode no such mode: /);
});

it("takes the CPU where no GPU can be used", async () => {
  const { device, reasons } = await chooseDevice([impossible]);
  expect(device).toBe(cpu());
  expect(reasons).toHaveLength(1);
});
