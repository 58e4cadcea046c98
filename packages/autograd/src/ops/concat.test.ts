import { ShapeError, tensor } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { backward } from "../backward.js";
import { grid, gridOf, opChecks, randomGrid } from "../testing/index.js";
import { Parameter, Variable } from "../variable.js";
import { concat } from "./concat.js";
import { sum } from "./sum.js";

const [a, b] = [randomGrid([2, 3]), randomGrid([2, 2], { seed: 2 })];

describe("concat", () => {
  it.each(
    opChecks([
      {
        name: "columns",
        call: (x, y) => concat([x, y, x], -1),
        inputs: [a, b],
        expected: (x, y) => grid([2, 8], (i, j) => (j < 3 ? x.at(i, j) : j < 5 ? y.at(i, j - 3) : x.at(i, j - 5))),
      },
      {
        name: "rows and nothing",
        call: (x, y) => concat([x, y], 0),
        inputs: [a, gridOf([], [0, 3])],
        expected: (x) => x,
      },
    ]),
  )("$name", ({ run }) => run());

  it("leaves constants without a gradient", () => {
    const weight = new Parameter(tensor([1, 2]));
    const constant = new Variable(tensor([3]));
    const gradients = backward(sum(concat([constant, weight], 0)));
    expect([...(gradients.get(weight)?.value.dataSync() ?? [])]).toEqual([1, 1]);
    expect(gradients.has(constant)).toBe(false);
  });

  it("names shapes that do not fit, and refuses an empty list", () => {
    const call = () => concat([tensor([1, 2], [1, 2]), tensor([1, 2, 3], [1, 3])], 0);
    expect(call).toThrow("concat along axis 0 needs equal other axes, found [1, 2], [1, 3]");
    expect(() => concat([], 0)).toThrow(ShapeError);
  });
});
