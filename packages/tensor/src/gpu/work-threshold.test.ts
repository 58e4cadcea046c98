import { afterAll, beforeAll, beforeEach, expect, it, test } from "vitest";
import { withDevice } from "../devices.js";
import * as library from "../expr/library.js";
import { scope } from "../memory.js";
import { tensor, zeros } from "../ops/create.js";
import { evaluate, evaluateInto } from "../ops/evaluate.js";
import { matmul } from "../ops/matmul.js";
import { slice } from "../ops/views.js";
import { gpuCases, outcomeOf } from "../testing/gpu-cases.js";
import { numbers } from "../testing/numbers.js";
import { type GpuDevice, gpuDevice } from "./device.js";

let gpu: GpuDevice;
beforeAll(async () => {
  gpu = await gpuDevice("cpu");
});
beforeEach(() => gpu.resetCounts());
afterAll(() => gpu.destroy());

test("small work stays on the CPU while all that it reads is there", () => {
  gpu.workThreshold = { numbers: 100, operations: 200 };
  scope(() =>
    withDevice(gpu, () => {
      const small = evaluate(library.exp, [zeros([7, 7])]);
      matmul(slice(small, 0, 0, 1), small); // 63 numbers, 98 operations
      expect(Object.fromEntries(gpu.kept)).toEqual({ fill: 1, elementwise: 1, gemm: 1 });

      matmul(slice(small, 0, 0, 3), slice(small, 1, 0, 5)); // 71 numbers, 210 operations
      expect(Object.fromEntries(gpu.runs)).toEqual({ gemm: 1 });

      const part = slice(evaluate(library.exp, [numbers([50], 1, "float32")]), 0, 0, 5);
      expect(Array.from(evaluate(library.add, [part, part]).dataSync())).toHaveLength(5);
      evaluateInto(part, library.exp, [tensor([1, 2, 3, 4, 5])]);
      expect(Object.fromEntries(gpu.runs)).toEqual({ gemm: 1, elementwise: 3 });
      expect(Array.from(small.dataSync())).toEqual(Array(49).fill(1));
    }),
  );
  expect(gpu.fallbacks.size).toBe(0);
  expect(gpu.liveArrays).toBe(0);
});

it.each(Object.entries(gpuCases))("keeps all of %s on the CPU below an infinite threshold", async (_, make) => {
  gpu.workThreshold = { numbers: Number.POSITIVE_INFINITY, operations: Number.POSITIVE_INFINITY };
  expect(await outcomeOf(gpu, make)).toEqual({ error: 0, fallbacks: [], liveArrays: 0 });
  expect(gpu.kept.size).toBeGreaterThan(0);
  expect(gpu.runs.size).toBe(0);
});
