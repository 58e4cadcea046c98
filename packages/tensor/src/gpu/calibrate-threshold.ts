import { withDevice } from "../devices.js";
import { sigmoid } from "../expr/library.js";
import { scope } from "../memory.js";
import { full } from "../ops/create.js";
import { evaluate } from "../ops/evaluate.js";
import { matmul } from "../ops/matmul.js";
import type { Shape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import type { GpuDevice } from "./device.js";
import { noThreshold, type WorkThreshold } from "./work-threshold.js";

/** A kind of work, tried with arrays of growing shapes. */
interface Trial {
  readonly shapes: readonly Shape[];
  readonly workOf: (length: number) => number;
  readonly call: (x: Tensor) => Tensor;
}

const elementwise: Trial = {
  shapes: [64, 256, 1024, 4096, 16_384, 65_536].map((length) => [length]),
  workOf: (length) => 2 * length,
  call: (x) => evaluate(sigmoid, [x]),
};

const products: Trial = {
  shapes: [8, 16, 32, 64, 128].map((length) => [length, length]),
  workOf: (length) => 2 * length ** 3,
  call: (x) => matmul(x, x),
};

const everything: WorkThreshold = { numbers: Number.POSITIVE_INFINITY, operations: Number.POSITIVE_INFINITY };

/**
 * Measures the work from which on a device is faster than the CPU, sets its `workThreshold` to it and returns it. Element-wise
 * calls, and matrix products, each reading the result of the one before, all run on the CPU and all on the device, with up to
 * 65,536 elements and 128x128. 0 where the device is faster with the smallest arrays too.
 */
export async function calibrateThreshold(device: GpuDevice): Promise<WorkThreshold> {
  const numbers = await worthOf(device, elementwise);
  const operations = await worthOf(device, products);
  device.workThreshold = { numbers, operations };
  device.resetCounts();
  return device.workThreshold;
}

async function worthOf(device: GpuDevice, { shapes, workOf, call }: Trial): Promise<number> {
  let worth = 0;
  for (const shape of shapes) {
    const onDevice = await millisecondsOf(device, shape, call, noThreshold);
    const onCpu = await millisecondsOf(device, shape, call, everything);
    if (onCpu >= onDevice) break;
    worth = workOf(shape[0]) + 1;
  }
  return worth;
}

/** Calls after one another in a round. */
const calls = 16;

/** The fastest of so many rounds counts, or of those that begin within so many milliseconds. */
const rounds = 4;
const patience = 50;

async function millisecondsOf(
  device: GpuDevice,
  shape: Shape,
  call: (x: Tensor) => Tensor,
  threshold: WorkThreshold,
): Promise<number> {
  device.workThreshold = everything;
  const first = withDevice(device, () => full(shape, 1 / shape[0]));
  device.workThreshold = threshold;
  const round = async (): Promise<number> => {
    const begun = performance.now();
    const last = scope(() => {
      let x = first;
      for (let i = 0; i < calls; i++) x = call(x);
      return x;
    });
    await last.data();
    last.release();
    return performance.now() - begun;
  };
  await round(); // compiles
  const begun = performance.now();
  let best = await round();
  for (let i = 1; i < rounds && performance.now() - begun < patience; i++) best = Math.min(best, await round());
  first.release();
  return best;
}
