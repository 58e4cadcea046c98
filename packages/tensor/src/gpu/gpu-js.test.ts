import { describe, expect, it } from "vitest";
import { DeviceError } from "../errors.js";
import { type GpuMode, type KernelSource, openGpuJs } from "./gpu-js.js";

const modes: GpuMode[] = ["cpu", "webasm"];

const sumOfProducts: KernelSource = {
  name: "sumOfProducts",
  arrays: ["x", "y"],
  integers: ["length", "step"],
  numbers: ["start"],
  body: `
    let sum = start;
    for (let i = 0; i < length; i++) sum += x[this.thread.x * step + i] * y[i];
    return sum;`,
};

describe.each(modes)("gpu.js in mode %s", (mode) => {
  it("runs one kernel with several sizes, and loops beyond 1,000 turns", async () => {
    const gpu = await openGpuJs(mode);
    expect(gpu.mode).toBe(mode);
    for (const [outputs, length] of [
      [3, 4],
      [2, 5000],
      [7, 1],
    ]) {
      const x = Float32Array.from({ length: outputs * length }, (_, i) => Math.sin(i));
      const y = Float32Array.from({ length }, (_, i) => Math.cos(i));
      const found = await gpu.read(await gpu.run(sumOfProducts, outputs, [x, y], [length, length], [0.5]));
      expect(found).toHaveLength(outputs);
      for (let o = 0; o < outputs; o++) {
        const expected = y.reduce((sum, value, i) => sum + value * x[o * length + i], 0.5);
        expect(Math.abs(found[o] - expected)).toBeLessThan((length + 2) ** 2 * 2 ** -24);
      }
    }
    gpu.destroy();
  });

  it("leaves earlier results as they are", async () => {
    const gpu = await openGpuJs(mode);
    const one = Float32Array.of(1);
    const first = await gpu.run(sumOfProducts, 1, [one, one], [1, 1], [0]);
    await gpu.run(sumOfProducts, 1, [one, one], [1, 1], [10]);
    expect(Array.from(await gpu.read(first))).toEqual([1]);
    gpu.destroy();
  });
});

it("says why a mode does not run", async () => {
  const mode = "no such mode" as GpuMode;
  await expect(openGpuJs(mode)).rejects.toThrow(DeviceError);
  await expect(openGpuJs(mode)).rejects.toThrow(/^gpu.js mode no such mode: /);
});
