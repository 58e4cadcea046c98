import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { kernelSet, setKernelSet, setThreads, threads } from "../../cpu/threads.js";
import { type Expression, expression } from "../../expr/expression.js";
import { exp, identity, mul } from "../../expr/library.js";
import { rowMajorStrides, type Shape, sizeOf } from "../../shape.js";
import { type Layout, layout, layouts, shapes, value, withBlocks } from "../../testing/layouts.js";
import { forEachOffset } from "../offsets.js";
import type { Fold } from "./accumulate.js";
import { plainReduce } from "./plain.js";
import { simdReduce } from "./simd.js";

const initial = { set: kernelSet(), threads: threads() };
afterEach(() => {
  setKernelSet(initial.set);
  setThreads(initial.threads);
});

interface Case {
  readonly kind: Fold;
  readonly e: Expression;
  readonly shape: Shape;
  readonly axes: readonly number[];
  readonly inputs: readonly Layout[];
  readonly values: (k: number) => ArrayLike<number>;
}

/** Results of the plain twin and of the SIMD kernels. */
function both({ kind, e, shape, axes, inputs, values }: Case): [Float32Array, Float32Array] {
  const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const size = sizeOf(kept);
  return withBlocks([...inputs.map(({ length }) => length), size, size], (views, data) => {
    for (const k of inputs.keys()) data[k].set(Array.from(values(k)));
    const call = (at: number) => ({
      kind,
      expression: e,
      inputs: inputs.map((l, k) => views[k](shape, l.strides, l.offset)),
      parameters: e.parameters.map((_, i) => 0.5 + i),
      axes,
      output: views[at](kept, rowMajorStrides(kept), 0),
    });
    plainReduce(call(inputs.length));
    simdReduce(call(inputs.length + 1));
    return [data[inputs.length].slice(), data[inputs.length + 1].slice()];
  });
}

/** The sum of the absolute values that each output is folded from, by the definition. */
function magnitudes({ shape, axes, inputs, values }: Case, f: (...x: number[]) => number): Float64Array {
  const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const strides = rowMajorStrides(kept).map((stride, axis) => (axes.includes(axis) ? 0 : stride));
  const sums = new Float64Array(sizeOf(kept));
  const data = inputs.map((_, k) => values(k));
  forEachOffset(shape, [...inputs, { strides, offset: 0 }], (at) => {
    sums[at[inputs.length]] += Math.abs(f(...data.map((d, k) => d[at[k]])));
  });
  return sums;
}

const cases = shapes
  .filter((shape) => shape.length > 0 && !shape.includes(0))
  .chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      axes: fc.subarray([...shape.keys()], { minLength: 1 }),
      ins: fc.array(layouts(shape.length, true), { minLength: 2, maxLength: 2 }),
    }),
  );

describe("reduce", () => {
  for (const kind of ["max", "min"] as const) {
    it(`gives the plain twin's ${kind} for any layout and axes`, () => {
      setKernelSet("simd");
      fc.assert(
        fc.property(cases, fc.array(value, { minLength: 16, maxLength: 64 }), ({ shape, axes, ins }, pool) => {
          const inputs = ins.slice(0, 1).map((args) => layout(shape, ...args));
          const values = () => Array.from({ length: inputs[0].length }, (_, i) => pool[(i * 5) % pool.length]);
          const [plain, simd] = both({ kind, e: identity, shape, axes, inputs, values });
          expect(simd.map((x) => x + 0)).toEqual(plain.map((x) => x + 0));
        }),
        { numRuns: 60 },
      );
    });
  }

  it("sums a product without storing it, for any layout and axes", () => {
    setKernelSet("simd");
    const e = expression(({ x, y }, { factor }) => x.mul(y).mul(factor));
    fc.assert(
      fc.property(cases, fc.integer(), ({ shape, axes, ins }, seed) => {
        const inputs = ins.map((args) => layout(shape, ...args));
        const values = (k: number) =>
          Float32Array.from({ length: inputs[k].length }, (_, i) => Math.sin(seed + i * (k + 1)));
        const c: Case = { kind: "sum", e, shape, axes, inputs, values };
        const [plain, simd] = both(c);
        const bounds = magnitudes(c, (x, y) => x * y * 0.5);
        for (let i = 0; i < plain.length; i++)
          expect(Math.abs(simd[i] - plain[i])).toBeLessThanOrEqual(1e-6 * bounds[i]);
      }),
      { numRuns: 100 },
    );
  });

  it("handles lengths 1 to 33 in rows, columns and middle axes", () => {
    setKernelSet("simd");
    for (let n = 1; n <= 33; n++) {
      for (const [shape, axes] of [
        [[3, n], [1]],
        [[n, 3], [0]],
        [[3, n], [0]],
        [
          [2, 3, n],
          [0, 2],
        ],
        [[2, n, 3], [1]],
      ]) {
        const inputs = [{ strides: rowMajorStrides(shape), offset: 0, length: sizeOf(shape) }];
        const values = () => Float32Array.from({ length: sizeOf(shape) }, (_, i) => i + 1);
        const [plain, simd] = both({ kind: "sum", e: identity, shape, axes, inputs, values });
        expect(simd).toEqual(plain);
      }
    }
  });

  it("adds up long sums accurately and with the same bits for any number of threads", () => {
    setKernelSet("simd");
    const sizes: [Shape, number[]][] = [
      [[1_000_003], [0]],
      [[100_001, 3], [0]],
      [[70_000, 37], [0]],
      [
        [32, 5, 7001],
        [0, 2],
      ],
      [[3, 300_000], [1]],
      [
        [4, 9, 2000, 6],
        [0, 2],
      ],
    ];
    for (const [shape, axes] of sizes) {
      const inputs = [{ strides: rowMajorStrides(shape), offset: 0, length: sizeOf(shape) }];
      const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.fround(Math.sin(i) + 1));
      const c: Case = { kind: "sum", e: identity, shape, axes, inputs, values: () => data };
      const results = [1, 2, 3].map((count) => {
        setThreads(count);
        return both(c);
      });
      const [plain, simd] = results[0];
      for (let i = 0; i < plain.length; i++) expect(Math.abs(simd[i] - plain[i])).toBeLessThanOrEqual(4e-6 * plain[i]);
      expect(results[1][1]).toEqual(simd);
      expect(results[2][1]).toEqual(simd);
    }
  });

  it("keeps NaN and the infinities", () => {
    setKernelSet("simd");
    const shape = [2, 37];
    const inputs = [{ strides: [37, 1], offset: 0, length: 74 }];
    for (const at of [0, 5, 18, 33, 36]) {
      for (const kind of ["sum", "max", "min"] as const) {
        const values = () => Float32Array.from({ length: 74 }, (_, i) => (i === at ? Number.NaN : i));
        for (const axes of [[0], [1]]) {
          const [plain, simd] = both({ kind, e: identity, shape, axes, inputs, values });
          expect(simd).toEqual(plain);
          expect(Number.isNaN(simd[axes[0] === 0 ? at : 0])).toBe(true);
        }
      }
      const values = () => Float32Array.from({ length: 74 }, (_, i) => (i % 37 === at ? -Infinity : i + 90));
      expect(both({ kind: "max", e: exp, shape, axes: [1], inputs, values })[1][1]).toBe(Infinity);
      expect(both({ kind: "min", e: identity, shape, axes: [1], inputs, values })[1]).toEqual(
        Float32Array.of(-Infinity, -Infinity),
      );
    }
  });

  it("leaves shapes alone whose reduced axes have length 1", () => {
    setKernelSet("simd");
    const inputs = [0, 1].map(() => ({ strides: [1, 1], offset: 0, length: 6 }));
    const values = (k: number) => [1, 2, 3, 4, 5, 6].map((x) => x + k);
    const [plain, simd] = both({ kind: "sum", e: mul, shape: [6, 1], axes: [1], inputs, values });
    expect(simd).toEqual(plain);
    expect([...simd]).toEqual([2, 6, 12, 20, 30, 42]);
  });
});
