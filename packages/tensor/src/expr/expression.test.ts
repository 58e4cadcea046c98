import { describe, expect, it } from "vitest";
import { Expression, expression } from "./expression.js";
import { runPlain } from "./plain.js";
import { clip, max, min, select, Term } from "./term.js";

/** The value of an expression in float64. */
function evaluateAt(e: Expression, inputs: readonly number[], parameters: readonly number[] = []): number {
  const data = inputs.map((x) => ({ data: Float64Array.of(x), offset: 0, strides: [] }));
  const output = { data: new Float64Array(1), offset: 0, strides: [] };
  runPlain(e, [], data, parameters, output);
  return output.data[0];
}

describe("expression", () => {
  it("names its inputs and parameters in the order of reading", () => {
    const e = expression(({ y, x }, { scale }) => x.mul(scale).add(y));
    expect([e.inputs, e.parameters]).toEqual([["y", "x"], ["scale"]]);
    expect(evaluateAt(e, [1, 10], [3])).toBe(31);
  });

  it("computes equal sub-terms once", () => {
    const e = expression(({ x }) => x.exp().add(1).mul(x.exp().add(1)));
    expect(e.program.map(({ op }) => op)).toEqual(["input", "exp", "constant", "add", "mul"]);
  });

  it("has the same key for the same program, and another for another one", () => {
    const write = (c: number): Expression => expression(({ x }) => x.mul(x).add(c));
    expect(write(1).key).toBe(expression(({ z }) => z.mul(z).add(1)).key);
    expect(write(1).key).not.toBe(write(2).key);
    expect(write(0).key).not.toBe(write(-0).key);
  });

  it("works out constants at once", () => {
    const e = expression(({ x }) => x.add(Term.of(1).add(2).mul(4).sqrt()));
    expect(e.program.filter(({ op }) => op === "constant").map(({ value }) => value)).toEqual([Math.sqrt(12)]);
  });

  it("can stand in another expression", () => {
    const half = expression(({ x }, { by }) => x.div(by));
    const e = expression(({ a, b }) => half.apply({ x: a.add(b) }).add(half.apply({ x: b })));
    expect([e.inputs, e.parameters]).toEqual([["a", "b"], ["by"]]);
    expect(evaluateAt(e, [4, 6], [2])).toBe(8);
  });

  it("knows which inputs it uses", () => {
    const e = new Expression(["x", "y"], [], Term.leaf("input", "y").add(1));
    expect([e.uses("x"), e.uses("y")]).toEqual([false, true]);
  });

  it("refuses unknown leaves and computed bounds", () => {
    expect(() => new Expression(["x"], [], Term.leaf("input", "y"))).toThrow(
      'expression of (x) reads an unknown input "y"',
    );
    expect(() => expression(({ x }) => clip(x, 0, x.mul(2)))).toThrow(
      "clip takes numbers or parameters as bounds, found mul",
    );
  });

  it.each([
    [expression(({ x }) => x.pow(5)), 2, 32],
    [expression(({ x }) => x.pow(-3)), 2, 0.125],
    [expression(({ x }) => x.pow(0)), 7, 1],
    [expression(({ x }) => x.pow(1.5)), 4, 8],
    [expression(({ x }) => x.pow(0.3)), 2, 2 ** 0.3],
    [expression(({ x }) => x.rsqrt()), 4, 0.5],
    [expression(({ x }) => x.gt(1).add(x.ge(2)).add(x.lt(2)).add(x.le(2)).add(x.ne(2)).add(x.eq(2))), 2, 4],
    [expression(({ x }) => x.isFinite()), Number.NEGATIVE_INFINITY, 0],
    [expression(({ x }) => x.isFinite()), Number.NaN, 0],
    [expression(({ x }) => x.isFinite()), 3e300, 1],
    [expression(({ x }) => max(x, 1)), Number.NaN, Number.NaN],
    [expression(({ x }) => min(1, x)), Number.NaN, Number.NaN],
    [expression(({ x }) => clip(x, 0, 1)), Number.NaN, Number.NaN],
    [expression(({ x }) => select(x, 1, 2)), Number.NaN, 1],
    [expression(({ x }) => x.sigmoid()), -1000, 0],
    [expression(({ x }) => x.sigmoid()), 1000, 1],
    [expression(({ x }) => x.sigmoid()), -40, Math.exp(-40) / (1 + Math.exp(-40))],
  ])("evaluates case %#", (e, x, expected) => {
    const value = evaluateAt(e, [x]);
    if (Number.isNaN(expected)) expect(value).toBeNaN();
    else expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-14 * Math.abs(expected));
  });
});

describe("runPlain", () => {
  const arrays = (...data: (Float32Array | Float64Array | Int32Array | Uint8Array)[]) =>
    data.map((array) => ({ data: array, offset: 0, strides: [1] }));

  it("rounds every step to float32 unless a float64 takes part", () => {
    const e = expression(({ x }) => x.add(1).sub(x));
    const [x32, x64] = [Float32Array.of(2 ** 24), Float64Array.of(2 ** 24)];
    const run = (x: Float32Array | Float64Array, out: Float32Array | Float64Array): number => {
      const [input, output] = arrays(x, out);
      runPlain(e, [1], [input], [], output);
      return out[0];
    };
    expect(run(x32, new Float32Array(1))).toBe(0);
    expect(run(x32, new Float64Array(1))).toBe(1);
    expect(run(x64, new Float32Array(1))).toBe(1);
  });

  it("is exact for integers, cuts towards zero, and stores truth as 0 and 1", () => {
    const e = expression(({ x, y }) => x.mul(y).add(1));
    const [x, y, ints, floats, truth] = arrays(
      Int32Array.of(20_000_001, -3),
      Int32Array.of(3, 2),
      new Int32Array(2),
      Float32Array.of(-1.7, 0.2),
      new Uint8Array(2),
    );
    runPlain(e, [2], [x, y], [], ints);
    expect([...ints.data]).toEqual([60_000_004, -5]);
    runPlain(
      expression(({ x }) => x),
      [2],
      [floats],
      [],
      ints,
    );
    expect([...ints.data]).toEqual([-1, 0]);
    runPlain(
      expression(({ x }) => x),
      [2],
      [floats],
      [],
      truth,
      true,
    );
    expect([...truth.data]).toEqual([1, 1]);
  });

  it("walks blocks of all lengths, strides and broadcasts, and writes in place", () => {
    const data = Float64Array.from({ length: 2000 }, (_, i) => i);
    const x = { data, offset: 1999, strides: [-1, -3] };
    const row = { data, offset: 5, strides: [0, 1] };
    const out = { data: new Float64Array(600), offset: 0, strides: [1, 2] };
    runPlain(
      expression(({ a, b }) => a.sub(b)),
      [2, 300],
      [x, row],
      [],
      out,
    );
    for (let i = 0; i < 2; i++) {
      for (let j = 0; j < 300; j++) expect(out.data[i + 2 * j]).toBe(1999 - i - 3 * j - (5 + j));
    }
    const own = { data, offset: 0, strides: [1] };
    runPlain(
      expression(({ a }) => a.mul(2)),
      [2000],
      [own],
      [],
      own,
    );
    expect(data.every((v, i) => v === 2 * i)).toBe(true);
  });

  it("does nothing for empty shapes", () => {
    const out = { data: Float32Array.of(7), offset: 0, strides: [1, 1] };
    runPlain(
      expression(({ a }) => a),
      [3, 0],
      [out],
      [],
      out,
    );
    expect(out.data[0]).toBe(7);
  });
});
