import type { KernelCalls } from "../device.js";
import { operationsOf } from "../kernels/operations.js";
import { elementsOf, viewsOf } from "../kernels/views.js";

/** How much work is worth a kernel's start on a device: calls below both stay on the CPU if all that they read is there. */
export interface WorkThreshold {
  /** Numbers that a call reads and writes, what is repeated by broadcasting counted once. */
  readonly numbers: number;
  /** Multiplications and additions of products, convolutions and LSTMs; other kernels have none. */
  readonly operations: number;
}

/** Every call is worth it. */
export const noThreshold: WorkThreshold = { numbers: 0, operations: 0 };

/** Whether a call is too small for a device. */
export function isBelow<K extends keyof KernelCalls>(
  threshold: WorkThreshold,
  kernel: K,
  call: KernelCalls[K],
): boolean {
  if ((operationsOf(kernel, call) ?? 0) >= threshold.operations) return false;
  let numbers = 0;
  for (const [, view] of viewsOf(call)) numbers += elementsOf(view);
  return numbers < threshold.numbers;
}
