import { evaluate, expression, ShapeError, type Tensor, tensor } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { backward } from "./backward.js";
import { customGrad } from "./custom-grad.js";
import { OnceDifferentiableError } from "./errors.js";
import { mul, square } from "./ops/arithmetic.js";
import { sum } from "./ops/sum.js";
import { gridOf, opChecks, randomGrid } from "./testing/index.js";
import { type Variable, variable } from "./variable.js";

const round = expression(({ x }) => x.add(0.5).floor());
const cube = (x: Tensor): Tensor => evaluate(expressionOfCube, [x]);
const expressionOfCube = expression(({ x }) => x.mul(x).mul(x));
const valuesOf = (x: Variable | undefined): number[] => [...(x?.value.dataSync() ?? [])];

describe("customGrad", () => {
  it("gives a function without a useful derivative another one", () => {
    const straightThrough = customGrad({
      name: "straightThrough",
      forward: ([x]) => evaluate(round, [x]),
      vjp: ({ grads: [grad] }) => [grad],
    });
    const x = variable([0.2, 1.7]);
    const y = straightThrough(x);
    expect(valuesOf(y)).toEqual([0, 2]);
    expect(valuesOf(backward(sum(mul(y, 3))).get(x))).toEqual([3, 3]);
  });

  const differentiable = customGrad({
    name: "cube",
    differentiable: true,
    forward: ([x]) => cube(x),
    vjp: ({ grads: [grad], inputs: [x] }) => [mul(grad as Variable, mul(square(x), 3))],
  });
  const twinned = customGrad({
    name: "fusedCube",
    forward: ([x]) => ({ outputs: [cube(x)], saved: [evaluate(expressionOfSlope, [x])] }),
    vjp: ({ grads: [grad], saved: [slope] }) => [mul(grad as Variable, slope)],
    twin: ([x]) => mul(square(x), x),
  });
  const expressionOfSlope = expression(({ x }) => x.mul(x).mul(3));
  const sample = {
    inputs: [randomGrid([2, 3])],
    expected: (x: ReturnType<typeof gridOf>) =>
      gridOf(
        x.values.map((v) => v ** 3),
        x.shape,
      ),
  };

  it.each(
    opChecks([
      { ...sample, name: "a differentiable vjp", call: (x) => differentiable(x) },
      { ...sample, name: "a twin", call: (x) => twinned(x) },
    ]),
  )("$name", ({ run }) => run());

  it("is differentiable once otherwise", () => {
    const once = customGrad({ name: "once", forward: ([x]) => cube(x), vjp: ({ grads: [grad] }) => [grad] });
    expect(() => backward(sum(once(variable([1]))), { createGraph: true })).toThrow(OnceDifferentiableError);
    expect(() => backward(sum(once(variable([1]))), { createGraph: true })).toThrow("the gradient of once cannot");
  });

  it("names a gradient of the wrong shape, and a wrong number of gradients", () => {
    const wrong = customGrad({ name: "wrong", forward: ([x]) => cube(x), vjp: () => [variable([1, 2, 3])] });
    expect(() => backward(sum(wrong(variable([1, 2]))))).toThrow(
      "the vjp of wrong returned a gradient of shape [3] for input 0 of shape [2]",
    );
    const few = customGrad({ name: "few", forward: ([x]) => cube(x), vjp: () => [] });
    expect(() => backward(sum(few(variable([1]))))).toThrow(ShapeError);
    expect(() => backward(sum(few(tensor([1]), variable([1]))))).toThrow("returned 0 gradients for 2 inputs");
  });
});
