import { copy, tensor } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { customGrad } from "./custom-grad.js";
import { GradCheckError } from "./errors.js";
import { gradCheck } from "./grad-check.js";
import { exp, mul, square } from "./ops/arithmetic.js";
import { pick } from "./ops/gather.js";

import { detach, type Variable } from "./variable.js";

describe("gradCheck", () => {
  it("passes what is right, in both orders, for several inputs and any shape", () => {
    const inputs = [tensor([1, 2, 3, 4], [2, 2]), tensor([0.5, -1])];
    gradCheck((x, y) => mul(exp(y), square(x)), inputs, { order: 2 });
  });

  it("hands integers on as constants", () => {
    const indices = tensor(Int32Array.of(1, 0));
    gradCheck((x, i) => square(pick(x, i.value)), [tensor([1, 2, 3, 4], [2, 2]), indices], { order: 2 });
  });

  it("passes a function that does not depend on its inputs", () => {
    gradCheck((x) => detach(x), [tensor([])], { order: 2 });
  });

  it("names the worst element of a wrong gradient", () => {
    const wrong = (at: number) =>
      customGrad({
        name: "wrong",
        forward: ([x]) => copy(x),
        vjp: ({ grads: [grad] }) => [
          mul(
            grad as Variable,
            tensor(
              Float64Array.from([0, 1, 2, 3], (i) => (i === at ? 5 : 1)),
              [2, 2],
            ),
          ),
        ],
      });
    const check = () => gradCheck((x) => wrong(2)(x), [tensor([1, 2, 3, 4], [2, 2])]);
    expect(check).toThrow(GradCheckError);
    expect(check).toThrow(
      /^gradient: 1 of 4 elements differ, worst input 0, element \[1, 0\]: backward gives .*, finite differences give /,
    );
  });

  it("finds a gradient that is cut on the way", () => {
    expect(() => gradCheck((x) => mul(x, detach(x)), [tensor([1, 2])])).toThrow("2 of 2 elements differ");
  });

  it("finds a wrong second order behind a right first one", () => {
    const cut = customGrad({
      name: "cut",
      differentiable: true,
      forward: ([x]) => square(x).value,
      vjp: ({ grads: [grad], inputs: [x] }) => [mul(grad as Variable, mul(detach(x), 2))],
    });
    gradCheck((x) => cut(x), [tensor([1, 2])]);
    expect(() => gradCheck((x) => cut(x), [tensor([1, 2])], { order: 2 })).toThrow("second-order gradient: 2 of 2");
  });

  it("compares slopes along directions", () => {
    const inputs = [tensor([1, 2, 3, 4], [2, 2]), tensor([0.5, -1]), tensor(Int32Array.of(1, 0))];
    const fn = (x: Variable, y: Variable, i: Variable): Variable => mul(exp(y), pick(square(x), i.value));
    gradCheck(fn, inputs, { order: 2, directions: 3, tolerance: 2e-6 });
    const cut = () => gradCheck((x, y) => mul(exp(detach(y)), square(x)), inputs, { directions: 3 });
    expect(cut).toThrow(/^gradient along direction 0 of 3: backward gives .*, finite differences give /);
  });

  it("counts not-a-number as wrong", () => {
    expect(() => gradCheck((x) => mul(x, Number.NaN), [tensor([1])])).toThrow("backward gives NaN");
  });
});
