import { cpu } from "../cpu/device.js";
import type { Device } from "../device.js";
import { withDevice } from "../devices.js";
import { abs } from "../expr/library.js";
import { scope } from "../memory.js";
import { tensor } from "../ops/create.js";
import { evaluate } from "../ops/evaluate.js";
import { matmul } from "../ops/matmul.js";
import type { Tensor } from "../tensor.js";
import { calibrateThreshold } from "./calibrate-threshold.js";
import { type GpuDevice, gpuDevice } from "./device.js";
import type { GpuMode } from "./gpu-js.js";

/** What `chooseDevice` found. */
export interface ChosenDevice {
  /** A GPU, or the CPU where none can be used. */
  readonly device: Device | GpuDevice;
  /** Why each mode that was preferred to it cannot be used; empty if the first one can. */
  readonly reasons: readonly string[];
}

const inner = 1500;

/**
 * The magnitudes of a matrix product whose loop is longer than gpu.js runs loops unless told otherwise: a kernel with
 * integers and one with numbers among its arguments, which not every mode compiles.
 */
function canary(): Tensor {
  const numbers = Float32Array.from({ length: 4 * inner }, (_, i) => ((i * 7919) % 101) / 101 - 0.5);
  return evaluate(abs, [matmul(tensor(numbers, [4, inner]), tensor(numbers.toReversed(), [inner, 4]))]);
}

/** Why a device gives wrong numbers, or undefined: drivers exist that give zeros for long loops, without an error. */
async function fault(device: GpuDevice): Promise<string | undefined> {
  const expected = scope(() => withDevice(cpu(), canary).dataSync());
  const product = scope(() => withDevice(device, canary));
  const found = await product.data();
  product.release();
  const worst = Math.max(...Array.from(expected, (value, i) => Math.abs(value - found[i])));
  // Each of the products is at most 1/4 and rounds, as does each sum.
  if (worst <= inner * inner * 2 ** -26) return undefined;
  return `gpu.js mode ${device.mode}: a matrix product is wrong by ${worst}`;
}

/**
 * The best device that runs here: WebGPU, then WebGL 2 (a browser) or headless-gl (Node), then the CPU. A GPU is taken
 * only if it multiplies matrices correctly, and is told by measurement which work the CPU does faster
 * (`calibrateThreshold`). gpu.js is loaded when this is called.
 */
export async function chooseDevice(
  modes: readonly GpuMode[] = ["webgpu", "webgl2", "headlessgl"],
): Promise<ChosenDevice> {
  const reasons: string[] = [];
  for (const mode of modes) {
    try {
      const device = await gpuDevice(mode);
      const wrong = await fault(device);
      if (wrong === undefined) {
        await calibrateThreshold(device);
        return { device, reasons };
      }
      device.destroy();
      reasons.push(wrong);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!reasons.includes(reason)) reasons.push(reason);
    }
  }
  return { device: cpu(), reasons };
}
