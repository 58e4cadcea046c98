import { ShapeError, zeros } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { type Grid, grid, type OpSample, opChecks, randomGrid } from "../testing/index.js";
import { concat } from "./concat.js";
import { lstm } from "./lstm.js";
import { reshape } from "./views.js";

const [batch, steps, width] = [2, 3, 2];
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Outputs, then the last h and c, as one row a sample. */
function unrolled(gates: Grid, weight: Grid, initial: Grid[], reverse: boolean): Grid {
  const rows = Array.from({ length: batch }, (_, b) => {
    let [h, c] = [0, 1].map((which) => Array.from({ length: width }, (_, j) => initial[which]?.at(b, j) ?? 0));
    const outputs: number[][] = [];
    for (let step = 0; step < steps; step++) {
      const t = reverse ? steps - 1 - step : step;
      const before = h;
      const gate = (part: number, j: number): number =>
        gates.at(b, t, part * width + j) +
        before.reduce((sum, value, k) => sum + value * weight.at(part * width + j, k), 0);
      c = c.map((value, j) => sigmoid(gate(1, j)) * value + sigmoid(gate(0, j)) * Math.tanh(gate(2, j)));
      h = c.map((value, j) => sigmoid(gate(3, j)) * Math.tanh(value));
      outputs[t] = h;
    }
    return [...outputs.flat(), ...h, ...c];
  });
  return grid([batch, steps * width + 2 * width], (b, j) => rows[b][j]);
}

const sample = (name: string, reverse: boolean, states: Grid[]): OpSample => ({
  name,
  call: (gates, weight, h, c) => {
    const { output, last } = lstm(gates, weight, { reverse, ...(h && { initial: { h, c } }) });
    return concat([flat(output), last.h, last.c], 1);
  },
  inputs: [randomGrid([batch, steps, 4 * width]), randomGrid([4 * width, width], { seed: 2 }), ...states],
  expected: (gates, weight, ...initial) => unrolled(gates, weight, initial, reverse),
});

const flat = (x: Parameters<typeof reshape>[0]) => reshape(x, [batch, -1]);
const states = [randomGrid([batch, width], { seed: 3 }), randomGrid([batch, width], { seed: 4 })];

describe("lstm", () => {
  it.each(
    opChecks([
      sample("forwards", false, []),
      sample("backwards", true, []),
      sample("forwards from a state", false, states),
      sample("backwards from a state", true, states),
    ]),
  )("$name", ({ run }) => run());

  it("names shapes that do not fit", () => {
    expect(() => lstm(zeros([2, 3, 8]), zeros([8, 3]))).toThrow(ShapeError);
  });
});
