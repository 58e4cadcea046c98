import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tensor } from "../ops/create.js";
import { evaluate } from "../ops/evaluate.js";
import { differentiate, pullback } from "./differentiate.js";
import { Expression, expression } from "./expression.js";
import * as library from "./library.js";
import { clip, max, min, select, Term } from "./term.js";

/** The value of an expression at one point, in float64. */
function value(e: Expression, inputs: readonly number[], parameters: readonly number[] = []): number {
  return evaluate(
    e,
    inputs.map((x) => tensor([x], [], "float64")),
    parameters,
  ).item();
}

/** Central difference towards one input, by Richardson extrapolation. */
function slope(e: Expression, inputs: readonly number[], parameters: readonly number[], at: number): number {
  const difference = (h: number): number =>
    (value(e, inputs.with(at, inputs[at] + h), parameters) - value(e, inputs.with(at, inputs[at] - h), parameters)) /
    (2 * h);
  return (4 * difference(1e-3) - difference(2e-3)) / 3;
}

function expectDerivatives(e: Expression, inputs: readonly number[], parameters: readonly number[] = []): void {
  for (const [at, name] of e.inputs.entries()) {
    const expected = slope(e, inputs, parameters, at);
    const found = value(differentiate(e, name), inputs, parameters);
    expect(Math.abs(found - expected), `by ${name} at ${inputs}: ${found} for ${expected}`).toBeLessThan(
      1e-6 * (1 + Math.abs(expected)),
    );
  }
}

/** Formulas without kinks whose derivatives stay moderate. */
const formulas = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(Term.leaf("input", "x"), Term.leaf("input", "y"), Term.leaf("parameter", "k"), Term.of(0.7)),
    fc
      .tuple(fc.constantFrom("tanh", "sigmoid", "bell", "log", "sqrt", "rsqrt", "neg", "cube", "power"), tie("term"))
      .map(([name, x]) => smooth[name](x)),
    fc
      .tuple(fc.constantFrom("add", "sub", "mul", "div", "select"), tie("term"), tie("term"))
      .map(([name, x, y]) => smooth[name](x, y)),
  ),
})).term;

const bounded = (x: Term): Term => x.tanh();
const above = (x: Term): Term => bounded(x).mul(bounded(x)).add(1);
const smooth: Record<string, (x: Term, y?: Term) => Term> = {
  tanh: (x) => x.tanh(),
  sigmoid: (x) => x.sigmoid(),
  bell: (x) => bounded(x).exp(),
  log: (x) => above(x).log(),
  sqrt: (x) => above(x).sqrt(),
  rsqrt: (x) => above(x).rsqrt(),
  neg: (x) => x.neg(),
  cube: (x) => bounded(x).pow(3),
  power: (x) => above(x).pow(-1.3),
  add: (x, y = x) => x.add(y),
  sub: (x, y = x) => x.sub(y),
  mul: (x, y = x) => bounded(x).mul(bounded(y)),
  div: (x, y = x) => bounded(x).div(above(y)),
  select: (x, y = x) => select(Term.leaf("parameter", "k").lt(0.5), x, y),
};
const point = fc.tuple(...[0, 1, 2].map(() => fc.double({ min: -2, max: 2, noNaN: true })));

describe("random formulas", () => {
  it("have the derivatives of finite differences, of first and second order", () => {
    fc.assert(
      fc.property(formulas, point, (term, [x, y, k]) => {
        const e = new Expression(["x", "y"], ["k"], term);
        expectDerivatives(e, [x, y], [k]);
        expectDerivatives(differentiate(e, "x"), [x, y], [k]);
      }),
      { numRuns: 200 },
    );
  });

  it("are pulled back by the product with the cotangent", () => {
    fc.assert(
      fc.property(formulas, point, (term, [x, y, k]) => {
        const e = new Expression(["x", "y"], ["k"], term);
        const pulled = pullback(e, "y");
        expect(pulled.inputs).toEqual(["cotangent", "x", "y"]);
        const expected = 1.75 * value(differentiate(e, "y"), [x, y], [k]);
        expect(value(pulled, [1.75, x, y], [k])).toBeCloseTo(expected, 9);
      }),
    );
  });
});

describe("the library", () => {
  const parameters: Record<string, number> = { scale: 1.5, shift: -0.3, low: -1, high: 1, slope: 1 / 6, offset: 0.5 };
  const cases = Object.entries(library).filter(
    (entry): entry is [string, Expression] => entry[1] instanceof Expression,
  );

  it.each(cases)("%s has the derivative of finite differences away from its kinks", (name, e) => {
    const positive = ["log", "sqrt", "rsqrt"].includes(name);
    for (const x of [-4.1, -2.3, -0.6, 0.4, 0.9, 2.2, 3.7]) {
      const inputs = e.inputs.map((_, i) => (positive ? Math.abs(x) : x) * (i === 0 ? 1 : 0.35));
      expectDerivatives(
        e,
        inputs,
        e.parameters.map((parameter) => parameters[parameter]),
      );
    }
  });
});

describe("where there is no derivative", () => {
  const at = (e: Expression, name: string, inputs: readonly number[]): number => value(differentiate(e, name), inputs);

  it("follows the conventions that are written down", () => {
    expect(
      at(
        expression(({ x }) => x.abs()),
        "x",
        [0],
      ),
    ).toBe(0);
    for (const build of [max, min]) {
      const e = expression(({ x, y }) => build(x, y));
      expect([at(e, "x", [2, 2]), at(e, "y", [2, 2])]).toEqual([0.5, 0.5]);
    }
    const held = expression(({ x }) => clip(x, -1, 1));
    expect([-1.01, -1, 0, 1, 1.01].map((x) => at(held, "x", [x]))).toEqual([0, 1, 1, 1, 0]);
    for (const flat of [
      expression(({ x }) => x.floor()),
      expression(({ x }) => x.sign()),
      expression(({ x }) => x.lt(1)),
    ]) {
      expect([-1.5, 0, 1].map((x) => at(flat, "x", [x]))).toEqual([0, 0, 0]);
    }
  });

  it("a masked branch stays out, even where it is not finite", () => {
    const safe = expression(({ x }) => select(x.le(0), 0, x.log()));
    expect([at(safe, "x", [0]), at(safe, "x", [-1]), at(safe, "x", [2])]).toEqual([0, 0, 0.5]);
    expect(value(pullback(safe, "x"), [3, -1])).toBe(0);
  });

  it("names an input that is not there, and avoids names that are taken", () => {
    expect(() => differentiate(library.relu, "z")).toThrow('expression of (x) has no input "z"');
    const taken = expression(({ cotangent }) => cotangent.mul(2));
    expect(pullback(taken, "cotangent").inputs).toEqual(["cotangent'", "cotangent"]);
  });
});
