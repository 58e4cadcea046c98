import { ShapeError, tensor, zeros } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { type Grid, grid, opChecks, randomGrid } from "../testing/index.js";
import { additiveAttention } from "./additive-attention.js";

const [batch, steps, depth, rows, width] = [2, 3, 4, 2, 3];
const valid = [2, 3];
const columns = { validWidth: tensor(Int32Array.from(valid)), width };

function expected(query: Grid, key: Grid, score: Grid, bias: Grid): Grid {
  const value = (b: number, t: number, p: number): number => {
    if (p % width >= valid[b]) return Number.NEGATIVE_INFINITY;
    let total = bias.values[0];
    for (let d = 0; d < depth; d++) total += score.at(d) * Math.tanh(query.at(b, t, d) + key.at(b, d, p));
    return total;
  };
  return grid([batch, steps, rows * width], (b, t, p) => {
    let total = 0;
    for (let q = 0; q < rows * width; q++) total += Math.exp(value(b, t, q));
    return Math.exp(value(b, t, p)) / total;
  });
}

describe("additiveAttention", () => {
  it.each(
    opChecks([
      {
        name: "maps of different valid widths",
        call: (query, key, score, bias) => additiveAttention(query, key, score, bias, columns),
        inputs: [
          randomGrid([batch, steps, depth]),
          randomGrid([batch, depth, rows * width], { seed: 2 }),
          randomGrid([depth], { seed: 3 }),
          randomGrid([1], { seed: 4 }),
        ],
        expected,
      },
    ]),
  )("$name", ({ run }) => run());

  it("names shapes that do not fit", () => {
    expect(() => additiveAttention(zeros([2, 3, 4]), zeros([2, 5, 6]), zeros([4]), zeros([1]), columns)).toThrow(
      ShapeError,
    );
  });
});
