import { describe, expect, it } from "vitest";
import { ShapeError } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { differences, dot, expectClose, numbers, strided } from "../testing/numbers.js";
import { type LstmState, lstmSequence, lstmSequenceGrad } from "./lstm.js";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Outputs and last cells by the equations, with one array a step. */
function bruteForce(
  gates: Tensor,
  weight: Tensor,
  reverse: boolean,
  initial?: LstmState,
): { output: number[]; c: number[] } {
  const [B, T] = gates.shape;
  const H = weight.shape[1];
  const [x, w] = [gates.dataSync(), weight.dataSync()];
  const output = new Array<number>(B * T * H);
  let [h, c] = [initial?.h, initial?.c].map((s) => (s ? Array.from(s.dataSync()) : new Array<number>(B * H).fill(0)));
  for (const t of Array.from({ length: T }, (_, i) => (reverse ? T - 1 - i : i))) {
    const z = (b: number, row: number) =>
      x[(b * T + t) * 4 * H + row] +
      Array.from({ length: H }, (_, j) => w[row * H + j] * h[b * H + j]).reduce((a, v) => a + v, 0);
    const next = c.map((old, i) => {
      const [b, j] = [Math.floor(i / H), i % H];
      return sigmoid(z(b, H + j)) * old + sigmoid(z(b, j)) * Math.tanh(z(b, 2 * H + j));
    });
    h = next.map((value, i) => sigmoid(z(Math.floor(i / H), 3 * H + (i % H))) * Math.tanh(value));
    c = next;
    h.forEach((value, i) => {
      output[(Math.floor(i / H) * T + t) * H + (i % H)] = value;
    });
  }
  return { output, c };
}

describe.each([
  { B: 2, T: 3, H: 4, reverse: false, start: true },
  { B: 2, T: 3, H: 4, reverse: true, start: true },
  { B: 1, T: 4, H: 1, reverse: true, start: false },
  { B: 3, T: 1, H: 2, reverse: false, start: false },
  { B: 2, T: 0, H: 2, reverse: false, start: true },
])("lstmSequence $B x $T x $H, reverse $reverse, initial state $start", ({ B, T, H, reverse, start }) => {
  const gates = numbers([B, T, 4 * H], 1);
  const weight = numbers([4 * H, H], 2);
  const initial = start ? { h: numbers([B, H], 3), c: numbers([B, H], 4) } : undefined;

  it("follows the equations", () => {
    const expected = bruteForce(gates, weight, reverse, initial);
    expectClose(lstmSequence(strided(gates), strided(weight), { reverse }, initial).output, expected.output);
    const [g32, w32] = [numbers([B, T, 4 * H], 1, "float32"), numbers([4 * H, H], 2, "float32")];
    const s32 = start ? { h: numbers([B, H], 3, "float32"), c: numbers([B, H], 4, "float32") } : undefined;
    expectClose(lstmSequence(g32, w32, { reverse }, s32).output, expected.output, 1e-6);
  });

  it("has the gradients of finite differences", () => {
    const outputGrad = numbers([B, T, H], 5);
    const [lastH, lastC] = [numbers([B, H], 6), numbers([B, H], 7)];
    const zero = { h: numbers([B, H], 3), c: numbers([B, H], 4) };
    const state = initial ?? zero;
    const loss = (g: Tensor, w: Tensor, h0: Tensor, c0: Tensor): number => {
      const { output, c } = bruteForce(g, w, reverse, initial && { h: h0, c: c0 });
      const outputs = Array.from(outputGrad.dataSync()).reduce((sum, value, i) => sum + value * output[i], 0);
      if (T === 0) return dot(lastH, h0) + dot(lastC, c0);
      const last = reverse ? 0 : T - 1;
      const h = c.map((_, i) => output[(Math.floor(i / H) * T + last) * H + (i % H)]);
      return outputs + h.reduce((sum, v, i) => sum + v * lastH.dataSync()[i] + c[i] * lastC.dataSync()[i], 0);
    };
    const forward = lstmSequence(gates, weight, { reverse }, initial);
    const inputs = { ...forward, outputGrad: strided(outputGrad), lastHGrad: lastH, lastCGrad: lastC };
    const grads = lstmSequenceGrad({ ...inputs, weightHh: weight, options: { reverse }, initial });
    expectClose(
      grads.gates,
      differences((v) => loss(v, weight, state.h, state.c), gates),
      1e-8,
    );
    expectClose(
      grads.weightHh,
      differences((v) => loss(gates, v, state.h, state.c), weight),
      1e-8,
    );
    if (grads.initial === undefined) {
      expect(start).toBe(false);
      return;
    }
    expectClose(
      grads.initial.h,
      differences((v) => loss(gates, weight, v, state.c), state.h),
      1e-8,
    );
    expectClose(
      grads.initial.c,
      differences((v) => loss(gates, weight, state.h, v), state.c),
      1e-8,
    );
  });
});

it("refuses shapes that do not fit", () => {
  expect(() => lstmSequence(numbers([2, 3, 8], 1), numbers([8, 3], 1), { reverse: false })).toThrow(ShapeError);
  const initial = { h: numbers([1, 2], 1), c: numbers([2, 2], 1) };
  expect(() => lstmSequence(numbers([2, 3, 8], 1), numbers([8, 2], 1), { reverse: false }, initial)).toThrow(
    /\[2, 2\], found initialH/,
  );
});
