import { describe, expect, it } from "vitest";
import { Expression, expression } from "./expression.js";
import { clip, select, Term } from "./term.js";

describe("expression", () => {
  it("takes inputs and parameters in the order of reading", () => {
    const e = expression(({ b, a }, { q, p }) => a.mul(q).add(b.mul(p)));
    expect([e.inputs, e.parameters]).toEqual([
      ["b", "a"],
      ["q", "p"],
    ]);
    expect([e.uses("a"), e.uses("c")]).toEqual([true, false]);
  });

  it("computes a sub-term that occurs twice once, however it was written", () => {
    const twice = expression(({ x }) => x.add(1).mul(x.add(1)));
    const shared = expression(({ x }) => {
      const next = x.add(1);
      return next.mul(next);
    });
    expect(twice.program.map(({ op }) => op)).toEqual(["input", "constant", "add", "mul"]);
    expect(twice.key).toBe(shared.key);
  });

  it("tells other programs, constants and the sign of zero apart", () => {
    const keys = [0, -0, 1, 2].map((c) => expression(({ x }) => x.add(c)).key);
    keys.push(expression(({ x }) => x.sub(1)).key, expression(({ x, y }) => y.sub(x)).key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(expression(({ x }) => x.add(1)).key).toBe(expression(({ other }) => other.add(1)).key);
  });

  it("puts formulas in the place of inputs", () => {
    const square = expression(({ x }) => x.mul(x));
    const whole = new Expression(["u"], [], square.apply({ x: Term.leaf("input", "u").add(1) }));
    expect(whole.key).toBe(expression(({ u }) => u.add(1).mul(u.add(1))).key);
    expect(square.apply({ x: 3 }).value).toBe(9);
  });

  it("works constants out", () => {
    expect(Term.of(2).mul(3).add(1).sqrt().value).toBe(Math.sqrt(7));
    expect(select(Term.of(0), 1, 2).value).toBe(2);
    expect(Term.of(2).pow(10).value).toBe(1024);
    expect(Term.of(2).pow(-1.5).value).toBeCloseTo(2 ** -1.5, 15);
  });

  it("refuses names that were not declared, and bounds that are computed", () => {
    expect(() => new Expression(["x"], [], Term.leaf("input", "y"))).toThrow('reads an unknown input "y"');
    expect(() => expression(({ x, y }) => clip(x, y, 1))).toThrow("clip takes numbers or parameters as bounds");
  });
});
