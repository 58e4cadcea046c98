import { expression, ShapeError, selectTerm, tensor } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { grid, opChecks, randomGrid } from "../testing/index.js";
import { elementwise } from "./elementwise.js";

// A formula of one's own: a smooth step of x scaled by y, minus a parameter.
const formula = expression(({ x, y }, { offset }) =>
  selectTerm(x.lt(0), x.exp().mul(y), x.mul(x).add(1).mul(y.tanh())).sub(offset),
);
const plain = (x: number, y: number): number => (x < 0 ? Math.exp(x) * y : (x * x + 1) * Math.tanh(y)) - 0.25;

describe("elementwise", () => {
  it.each(
    opChecks([
      {
        name: "an expression of one's own, broadcast",
        call: (x, y) => elementwise(formula, [x, y], [0.25]),
        inputs: [randomGrid([3, 4]), randomGrid([4], { seed: 2 })],
        expected: (x, y) => grid([3, 4], (i, j) => plain(x.at(i, j), y.at(j))),
      },
    ]),
  )("$name", ({ run }) => run());

  it("refuses a wrong number of operands", () => {
    expect(() => elementwise(formula, [tensor([1])], [0.25])).toThrow(ShapeError);
  });
});
