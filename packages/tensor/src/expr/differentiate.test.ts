import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differentiate, pullback } from "./differentiate.js";
import { type Expression, expression } from "./expression.js";
import * as library from "./library.js";
import { runPlain } from "./plain.js";
import { clip, max, min, select, type Term } from "./term.js";

function evaluateAt(e: Expression, inputs: readonly number[], parameters: readonly number[] = []): number {
  const data = inputs.map((x) => ({ data: Float64Array.of(x), offset: 0, strides: [] }));
  const output = { data: new Float64Array(1), offset: 0, strides: [] };
  runPlain(e, [], data, parameters, output);
  return output.data[0];
}

/** A central difference of fourth order. */
function slope(f: (x: number) => number, x: number): number {
  const h = 1e-3;
  return (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h);
}

/** Compares a derivative with finite differences at a point away from kinks. */
function check(e: Expression, at: readonly number[], parameters: readonly number[], order: number): void {
  for (const [k, input] of e.inputs.entries()) {
    const d = differentiate(e, input);
    const expected = slope((x) => evaluateAt(e, at.with(k, x), parameters), at[k]);
    const value = evaluateAt(d, at, parameters);
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-7 * (1 + Math.abs(expected)));
    const cotangent = pullback(e, input);
    expect(cotangent.inputs.slice(1)).toEqual(e.inputs);
    const pulled = evaluateAt(cotangent, [0.7, ...at], parameters);
    expect(Math.abs(pulled - 0.7 * value)).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(value)));
    if (order > 1) check(d, at, parameters, order - 1);
  }
}

const far = 0.01;
const apart = (...kinks: number[]) =>
  fc.double({ min: -4, max: 4, noNaN: true }).filter((x) => kinks.every((kink) => Math.abs(x - kink) > far));

const anywhere: Record<string, Expression> = {
  swish: library.swish,
  tanh: library.tanh,
  sigmoid: library.sigmoid,
  exp: library.exp,
  square: library.square,
  mul: library.mul,
  sub: library.sub,
  neg: library.neg,
  scaled: expression(({ x }, { scale, shift }) => x.mul(scale).add(shift)),
};
const kinked: Record<string, [Expression, number[]]> = {
  abs: [library.abs, [0]],
  relu: [library.relu, [0]],
  hardSwish: [library.hardSwish, [-3, 3]],
  hardSigmoid: [library.hardSigmoid, [-3, -2, -1, 0, 1, 2, 3]],
  clip: [expression(({ x }) => clip(x, -1, 2).mul(x)), [-1, 2]],
  floor: [expression(({ x }) => x.floor().mul(x)), [-4, -3, -2, -1, 0, 1, 2, 3, 4]],
  sign: [expression(({ x }) => x.sign().mul(x.mul(x))), [0]],
  select: [expression(({ x }) => select(x.lt(1), x.mul(x), x.exp())), [1]],
  max: [expression(({ x }) => max(x.mul(2), x.mul(x))), [0, 2]],
  min: [expression(({ x }) => min(x.mul(2), x.mul(x).mul(x))), [0, Math.SQRT2, -Math.SQRT2]],
};

describe("differentiate", () => {
  for (const [name, e] of Object.entries(anywhere)) {
    it(`agrees with finite differences up to third order: ${name}`, () => {
      const points = fc.array(apart(), { minLength: e.inputs.length, maxLength: e.inputs.length });
      fc.assert(
        fc.property(points, (at) =>
          check(
            e,
            at,
            e.parameters.map((_, i) => 0.3 + i),
            3,
          ),
        ),
        { numRuns: 30 },
      );
    });
  }

  for (const [name, [e, kinks]] of Object.entries(kinked)) {
    it(`agrees with finite differences away from its kinks: ${name}`, () => {
      const parameters = e.parameters.map((parameter) => (parameter === "slope" ? 0.25 : 0.5));
      fc.assert(
        fc.property(apart(...kinks), (x) => check(e, [x], parameters, 2)),
        { numRuns: 50 },
      );
    });
  }

  it("agrees with finite differences where only some numbers are allowed", () => {
    const positive = fc.double({ min: 0.2, max: 4, noNaN: true });
    for (const e of [
      library.log,
      library.sqrt,
      library.rsqrt,
      library.div,
      expression(({ x }) => x.pow(-2.5)),
      expression(({ x }) => x.pow(0.3)),
    ]) {
      const points = fc.array(positive, { minLength: e.inputs.length, maxLength: e.inputs.length });
      fc.assert(
        fc.property(points, (at) => check(e, at, [], 2)),
        { numRuns: 30 },
      );
    }
  });

  it("agrees with finite differences for random smooth formulas", () => {
    const term = fc.letrec<{ term: (x: Term, y: Term) => Term }>((tie) => ({
      term: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.constant((x: Term) => x),
        fc.constant((_: Term, y: Term) => y),
        fc.double({ min: -2, max: 2, noNaN: true }).map((c) => (x: Term) => x.mul(0.5).add(c)),
        fc.tuple(tie("term"), fc.constantFrom("tanh", "sigmoid", "neg")).map(
          ([f, op]) =>
            (x: Term, y: Term) =>
              f(x, y)[op as "tanh"](),
        ),
        fc.tuple(tie("term"), tie("term"), fc.constantFrom("add", "sub", "mul")).map(
          ([f, g, op]) =>
            (x: Term, y: Term) =>
              f(x, y)[op as "add"](g(x, y)),
        ),
        fc.tuple(tie("term"), tie("term")).map(
          ([f, g]) =>
            (x: Term, y: Term) =>
              f(x, y).div(g(x, y).sigmoid().add(1)),
        ),
      ),
    })).term;
    const point = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(term, point, point, (f, x, y) => {
        const e = expression(({ x, y }) => f(x, y).tanh());
        check(
          e,
          e.inputs.map((name) => (name === "x" ? x : y)),
          [],
          2,
        );
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ["relu at 0", library.relu, [0], [], 0],
    ["abs at 0", library.abs, [0], [], 0],
    ["maximum of equals", library.maximum, [2, 2], [], 0.5],
    ["minimum of equals", library.minimum, [2, 2], [], 0.5],
    ["clip at its lower bound", library.clipped, [0], [0, 1], 1],
    ["clip at its upper bound", library.clipped, [1], [0, 1], 1],
    ["hardSwish at -3, as Paddle", library.hardSwish, [-3], [], 0],
    ["hardSwish at 3, as Paddle", library.hardSwish, [3], [], 1],
    ["hardSigmoid where it reaches 0, as Paddle", library.hardSigmoid, [-2.5], [0.2, 0.5], 0],
    ["hardSigmoid where it reaches 1, as Paddle", library.hardSigmoid, [2.5], [0.2, 0.5], 0],
    ["smoothL1 of equals", library.smoothL1, [1, 1], [], 0],
    ["smoothL1 at distance 1", library.smoothL1, [2, 1], [], 1],
  ])("keeps the convention: %s", (_, e, at, parameters, expected) => {
    expect(evaluateAt(differentiate(e, e.inputs[0]), at, parameters)).toBe(expected);
  });

  it("does not let the side that is not taken spoil the gradient", () => {
    const safe = expression(({ x }) => select(x.gt(0), x.log(), 0));
    expect(evaluateAt(pullback(safe, "x"), [1, 0])).toBe(0);
    expect(evaluateAt(pullback(library.relu, "x"), [Number.POSITIVE_INFINITY, -1])).toBe(0);
  });

  it("simplifies: no multiplication by 0 or 1, no repeated steps", () => {
    const steps = (e: Expression): string[] => e.program.map(({ op }) => op);
    expect(steps(differentiate(library.square, "x"))).toEqual(["input", "add"]);
    expect(steps(pullback(library.relu, "x")).filter((op) => op === "mul")).toEqual([]);
    expect(steps(differentiate(library.add, "x"))).toEqual(["constant"]);
    expect(steps(differentiate(library.exp, "x"))).toEqual(["input", "exp"]);
    expect(steps(pullback(library.hardSwish, "x")).length).toBeLessThanOrEqual(16);
  });

  it("names what it cannot differentiate by, and avoids names that are taken", () => {
    expect(() => differentiate(library.exp, "y")).toThrow('expression of (x) has no input "y" to differentiate by');
    expect(pullback(pullback(library.exp, "x"), "x").inputs).toEqual(["cotangent'", "cotangent", "x"]);
  });
});
