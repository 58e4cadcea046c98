import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { kernelSet, setKernelSet, setThreads, threads } from "../../cpu/threads.js";
import { type Expression, expression } from "../../expr/expression.js";
import * as library from "../../expr/library.js";
import { clip, max, min, select } from "../../expr/term.js";
import { rowMajorStrides, type Shape, sizeOf } from "../../shape.js";
import { type Layout, layout, layouts, shapes, specials, ulps, value, withBlocks } from "../../testing/layouts.js";
import { capabilities } from "../../wasm/index.js";
import { plainElementwise } from "./plain.js";
import { simdElementwise } from "./simd.js";

const initial = { set: kernelSet(), threads: threads() };
afterEach(() => {
  setKernelSet(initial.set);
  setThreads(initial.threads);
});

const exact: Record<string, Expression> = {
  identity: library.identity,
  add: library.add,
  relu: library.relu,
  hardSwish: library.hardSwish,
  hardSigmoid: library.hardSigmoid,
  smoothL1: library.smoothL1,
  finite: expression(({ x }) => x.isFinite()),
  all: expression(({ x, y, z }, { low }) =>
    select(x.lt(y), max(x, z).add(min(y, 0.5)), x.div(y).sub(z.floor()))
      .add(clip(z, low, 4))
      .mul(x.sign().add(x.le(z)).add(y.eq(x).mul(2)).add(z.ne(y)))
      .add(x.abs().sqrt().neg()),
  ),
};
const approximate: Record<string, [Expression, number]> = {
  exp: [library.exp, 2],
  log: [library.log, 2],
  tanh: [library.tanh, 2],
  sigmoid: [library.sigmoid, 3],
};

function plainAndSimd(
  e: Expression,
  shape: Shape,
  inputs: readonly Layout[],
  output: Layout,
  values: (k: number) => ArrayLike<number>,
): [Float32Array, Float32Array] {
  const parameters = e.parameters.map((_, i) => 0.25 + i);
  return withBlocks(
    [...inputs, output, output].map(({ length }) => length),
    (views, data) => {
      for (const k of inputs.keys()) data[k].set(Array.from(values(k)));
      const call = (at: number) => ({
        expression: e,
        inputs: inputs.map((l, k) => views[k](shape, l.strides, l.offset)),
        parameters,
        output: views[at](shape, output.strides, output.offset),
      });
      plainElementwise(call(inputs.length));
      simdElementwise(call(inputs.length + 1));
      return [data[inputs.length].slice(), data[inputs.length + 1].slice()];
    },
  );
}

describe("elementwise", () => {
  for (const [name, e] of Object.entries(exact)) {
    it(`gives the plain twin's bits for any layout: ${name}`, () => {
      setKernelSet("simd");
      fc.assert(
        fc.property(
          shapes.chain((shape) =>
            fc.tuple(
              fc.constant(shape),
              fc.array(layouts(shape.length, true), { minLength: e.inputs.length, maxLength: e.inputs.length }),
              layouts(shape.length, false),
            ),
          ),
          fc.array(value, { minLength: 16, maxLength: 64 }),
          ([shape, ins, out], pool) => {
            const inputs = ins.map(([order, kinds, repeats]) => layout(shape, order, kinds, repeats));
            const output = layout(shape, out[0], out[1], false);
            const [plain, simd] = plainAndSimd(e, shape, inputs, output, (k) =>
              Array.from({ length: inputs[k].length }, (_, i) => pool[(i * (k + 3) + k) % pool.length]),
            );
            expect(simd).toEqual(plain);
          },
        ),
        { numRuns: 60 },
      );
    });
  }

  it("handles lengths 0 to 33 and walks of every kind with the same bits at every position", () => {
    setKernelSet("simd");
    for (let n = 0; n <= 33; n++) {
      for (const stride of [1, 0, 2, -1]) {
        const x = { strides: [stride], offset: stride < 0 ? Math.max(0, n - 1) : 0, length: Math.max(1, 2 * n) };
        const [, simd] = plainAndSimd(library.swish, [n], [x], { strides: [1], offset: 0, length: n }, () =>
          new Float32Array(2 * n).fill(1.7),
        );
        expect(new Set(simd).size).toBe(n === 0 ? 0 : 1);
      }
    }
  });

  for (const set of ["simd", "fma"] as const) {
    for (const [name, [e, bound]] of Object.entries(approximate)) {
      it.skipIf(!capabilities()[set])(`stays within ${bound} steps of float64 everywhere: ${name}, ${set}`, () => {
        setKernelSet(set);
        const bits = Int32Array.from({ length: 1 << 18 }, (_, i) => Math.imul(i, 16_411) + (i % 7));
        const near = Float32Array.from({ length: 1 << 17 }, (_, i) => (i - (1 << 16)) / 600);
        const values = [...new Float32Array(bits.buffer), ...near, ...specials];
        const flat = { strides: [1], offset: 0, length: values.length };
        const [plain, simd] = plainAndSimd(e, [values.length], [flat], flat, () => values);
        let worst = 0;
        for (let i = 0; i < values.length; i++) worst = Math.max(worst, ulps(plain[i], simd[i]));
        expect(worst).toBeLessThanOrEqual(bound);
      });
    }
  }

  it("transposes in tiles, with the rest of the rows and columns", () => {
    setKernelSet("simd");
    for (const [n, rows, columns] of [
      [1, 4, 4],
      [2, 7, 9],
      [3, 33, 18],
      [1, 5, 64],
    ]) {
      const shape = [n, rows, columns];
      const x = { strides: [rows * columns, 1, rows], offset: 0, length: sizeOf(shape) };
      const row = { strides: [0, 0, 1], offset: 0, length: columns };
      const column = { strides: [0, 1, 0], offset: 0, length: rows };
      const e = expression(({ x, y, z }) => x.mul(2).add(y).sub(z));
      const out = { strides: rowMajorStrides(shape), offset: 0, length: sizeOf(shape) };
      const [plain, simd] = plainAndSimd(e, shape, [x, row, column], out, (k) =>
        Float32Array.from({ length: [x, row, column][k].length }, (_, i) => i * (k + 1)),
      );
      expect(simd).toEqual(plain);
      for (let i = 0; i < n; i++)
        for (let r = 0; r < rows; r++)
          for (let c = 0; c < columns; c++)
            expect(simd[(i * rows + r) * columns + c]).toBe(2 * (i * rows * columns + c * rows + r) + 2 * c - 3 * r);
    }
  });

  it("writes in place, broadcasts channels, and does not depend on the number of threads", () => {
    setKernelSet("simd");
    const shape = [4, 16, 30, 41];
    const size = sizeOf(shape);
    const flat = { strides: rowMajorStrides(shape), offset: 0, length: size };
    const channel = { strides: [0, 1, 0, 0], offset: 0, length: 16 };
    const e = expression(({ x, scale }) => x.mul(scale).tanh());
    const results = [1, 2].map((count) => {
      setThreads(count);
      return plainAndSimd(e, shape, [flat, channel], flat, (k) =>
        Float32Array.from({ length: k === 0 ? size : 16 }, (_, i) => Math.sin(i)),
      )[1];
    });
    expect(results[1]).toEqual(results[0]);
    withBlocks([size, 16], ([x, scale], [data, scales]) => {
      data.set(Float32Array.from({ length: size }, (_, i) => Math.sin(i)));
      scales.set(Float32Array.from({ length: 16 }, (_, i) => Math.sin(i)));
      const view = x(shape, flat.strides, 0);
      simdElementwise({
        expression: e,
        inputs: [view, scale(shape, channel.strides, 0)],
        parameters: [],
        output: view,
      });
      expect(data.slice()).toEqual(results[0]);
    });
  });

  it("has words for as many arrays and dimensions as it takes", () => {
    setKernelSet("simd");
    const shape = [2, 4, 2, 3, 5];
    const names = ["a", "b", "c", "d", "e", "f"];
    const factors = ["p", "q", "r", "s", "t", "u", "v", "w"];
    const e = expression((x, p) =>
      factors.reduce(
        (sum, name) => sum.add(p[name]),
        names.map((name) => x[name]).reduce((sum, next) => sum.add(next)),
      ),
    );
    const strides = [4000, 800, 100, 20, 3];
    for (const order of [strides, [4000, 1, 100, 20, 3]]) {
      const spread = { strides: order, offset: 0, length: 8000 };
      const dense = { strides: rowMajorStrides(shape), offset: 0, length: sizeOf(shape) };
      const inputs = names.map(() => spread);
      const values = () => Float32Array.from({ length: 8000 }, (_, i) => i % 64);
      const [plain, simd] = plainAndSimd(e, shape, inputs, dense, values);
      expect(simd).toEqual(plain);
    }
  });
});
