import { describe, expect, it } from "vitest";
import { misaligned, secondThread, simdSets, withKernels } from "../../testing/kernels.js";
import { expectClose, numbers } from "../../testing/numbers.js";
import { outputs } from "../../testing/outputs.js";
import type { LstmCall, LstmGradCall } from "./call.js";
import { plainLstm, plainLstmGrad } from "./plain.js";
import { simdLstm, simdLstmGrad } from "./simd.js";

const random = (shape: number[], seed: number) => misaligned(numbers(shape, seed, "float32"));

interface Case {
  readonly B: number;
  readonly T: number;
  readonly H: number;
  readonly reverse: boolean;
  readonly start: boolean;
}

function forward({ B, T, H, reverse, start }: Case, kernel: (call: LstmCall) => void): number[][] {
  const initial = start ? { initialH: random([B, H], 3), initialC: random([B, H], 4) } : {};
  const call = { gates: random([B, T, 4 * H], 1), weight: random([4 * H, H], 2), reverse, ...initial };
  const shapes = [
    [B, T, H],
    [B, T, H],
    [B, T, 4 * H],
  ];
  return outputs(shapes, (output, cell, activations) => kernel({ ...call, output, cell, activations }));
}

function backward({ B, T, H, reverse, start }: Case, kernel: (call: LstmGradCall) => void): number[][] {
  const initial = start
    ? { initialC: random([B, H], 4), lastHGrad: random([B, H], 5), lastCGrad: random([B, H], 6) }
    : {};
  const saved = { cell: random([B, T, H], 7), activations: random([B, T, 4 * H], 8), outputGrad: random([B, T, H], 9) };
  const call = { ...saved, weight: random([4 * H, H], 2), reverse, ...initial };
  const [gates, state] = [
    [B, T, 4 * H],
    [B, H],
  ];
  if (!start) return outputs([gates, state], (gatesGrad, initialCGrad) => kernel({ ...call, gatesGrad, initialCGrad }));
  return outputs([gates, state, state], (gatesGrad, initialHGrad, initialCGrad) =>
    kernel({ ...call, gatesGrad, initialHGrad, initialCGrad }),
  );
}

const cases: Case[] = [
  ...Array.from({ length: 33 }, (_, i) => ({
    B: 1 + (i % 4),
    T: 3,
    H: i + 1,
    reverse: i % 2 === 1,
    start: i % 3 === 0,
  })),
  { B: 2, T: 1, H: 8, reverse: false, start: true },
  { B: 2, T: 0, H: 8, reverse: true, start: true },
  { B: 6, T: 3, H: 20, reverse: false, start: false },
  { B: 3, T: 3, H: 161, reverse: true, start: true },
  { B: 13, T: 3, H: 163, reverse: false, start: true },
  // More samples than sums are kept of at a time, and more units than a chunk of the product has.
  { B: 62, T: 1, H: 260, reverse: true, start: true },
];

describe.each(simdSets)("lstm, %s", (set) => {
  it("gives what the plain twin gives", () => {
    for (const each of cases) {
      const found = withKernels(set, 1, () => forward(each, simdLstm));
      forward(each, plainLstm).forEach((expected, i) => {
        expectClose(found[i], expected, 5e-6);
      });
    }
  });

  it("has the gradients of the plain twin", () => {
    for (const each of cases) {
      const found = withKernels(set, 1, () => backward(each, simdLstmGrad));
      backward(each, plainLstmGrad).forEach((expected, i) => {
        expectClose(found[i], expected, 5e-6);
      });
    }
  });

  it("does not depend on the number of threads", async () => {
    await secondThread();
    for (const H of [96, 192]) {
      const each = { B: 9, T: 4, H, reverse: true, start: true };
      const run = () => [forward(each, simdLstm), backward(each, simdLstmGrad)];
      expect(withKernels(set, 2, run)).toEqual(withKernels(set, 1, run));
    }
  });
});
