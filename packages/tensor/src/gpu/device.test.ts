import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cpu } from "../cpu/device.js";
import { withDevice } from "../devices.js";
import { DeviceError } from "../errors.js";
import { differentiate } from "../expr/differentiate.js";
import { type Expression, expression } from "../expr/expression.js";
import * as library from "../expr/library.js";
import { clip, max, min, select } from "../expr/term.js";
import { scope } from "../memory.js";
import { adamStep } from "../ops/adam.js";
import { concat, pad } from "../ops/concat.js";
import { assign, cast, copy } from "../ops/copy.js";
import { fill, tensor, zeros } from "../ops/create.js";
import { dropout } from "../ops/dropout.js";
import { evaluate } from "../ops/evaluate.js";
import { largest } from "../ops/largest.js";
import { matmul } from "../ops/matmul.js";
import { randomNormal, randomUniform } from "../ops/random-fill.js";
import { argmax, reduce, sum } from "../ops/reduce.js";
import { broadcastTo, permute, reshape, slice, transpose } from "../ops/views.js";
import type { Tensor } from "../tensor.js";
import { numbers, strided } from "../testing/numbers.js";
import { type GpuDevice, gpuDevice } from "./device.js";

const unary: Record<string, Expression> = {
  arithmetic: expression(({ x }, { p }) => x.mul(2.5).sub(p).div(x.abs().add(1)).neg()),
  functions: expression(({ x }) => x.abs().add(0.1).log().exp().sqrt().add(x.tanh()).mul(x.sigmoid())),
  steps: expression(({ x }) => x.floor().add(x.sign())),
  comparisons: expression(({ x }) => x.lt(0).add(x.le(0).mul(2)).add(x.eq(0).mul(4)).add(x.ne(1).mul(8))),
  choices: expression(({ x }, { p }) => select(x.gt(p), clip(x, -1, p), max(x, -2).add(min(x, 0.5)))),
};

/** Rounding of up to ten float32 steps, of which exp multiplies that of its argument. */
const roundingOf = (value: number): number => 1e-5 * Math.max(1, Math.abs(value));

describe.each(["cpu", "webasm"] as const)("the GPU device in gpu.js mode %s", (mode) => {
  let gpu: GpuDevice;
  beforeAll(async () => {
    gpu = await gpuDevice(mode);
  });
  afterAll(() => gpu.destroy());

  /** Runs `make` on both devices and compares, without a fallback. */
  function compare(make: () => Tensor, tolerance: (value: number) => number = roundingOf): void {
    gpu.resetCounts();
    const expected = scope(() => withDevice(cpu(), make).dataSync());
    scope(() => {
      const found = withDevice(gpu, make);
      expect(found.device).toBe(gpu);
      const data = found.dataSync();
      expect(data.constructor).toBe(expected.constructor);
      expect(data).toHaveLength(expected.length);
      for (const [i, value] of expected.entries()) {
        if (!Object.is(data[i], value)) expect(Math.abs(data[i] - value)).toBeLessThanOrEqual(tolerance(value));
      }
    });
    expect([...gpu.fallbacks]).toEqual([]);
    expect(gpu.liveArrays).toBe(0);
  }

  it("keeps what it is given, for every dtype", () => {
    for (const dtype of ["float32", "float64", "int32", "uint8", "bool"] as const) {
      compare(() => tensor([1, 0, 1], [3], dtype));
    }
    compare(() => tensor(Int32Array.of(2 ** 30 + 1, -5)));
    compare(() => tensor([Number.NaN, Number.POSITIVE_INFINITY, -0, 1e-42]));
    compare(() => zeros([0, 3]));
  });

  it.each(Object.entries(unary))("evaluates %s as the CPU does", (_, formula) => {
    const parameters = formula.parameters.map(() => 0.75);
    compare(() => evaluate(formula, [numbers([3, 37], 1, "float32")], parameters));
    compare(() =>
      evaluate(
        differentiate(formula, "x"),
        [numbers([41], 2, "float32")],
        parameters.slice(0, differentiate(formula, "x").parameters.length),
      ),
    );
    const special = [0, -0, 1, -1, 0.75, 1e-30, -1e-30, 30, -30, 88, -100, Infinity, -Infinity, NaN];
    compare(() => evaluate(formula, [tensor(special)], parameters));
  });

  it("broadcasts and reads any strides", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 5 }), fc.nat(), (shape, bits) => {
        const repeated = shape.map((length, axis) => ((bits >> axis) & 1 ? 1 : length));
        compare(() => evaluate(library.mul, [strided(numbers(shape, 1, "float32")), numbers(repeated, 2, "float32")]));
        compare(
          () => copy(permute(numbers(shape, 3, "float32"))),
          () => 0,
        );
      }),
      { numRuns: 10 },
    );
  });

  it("writes into parts of a tensor", () => {
    const part = (axis: number, from: number, to: number) => (): Tensor => {
      const target = numbers([4, 5, 6], 1, "float32");
      assign(slice(target, axis, from, to), numbers([1], 2, "float32"));
      fill(slice(transpose(target), axis, from, to), 7);
      return target;
    };
    for (const axis of [0, 1, 2]) compare(part(axis, 1, 3), () => 0);
    compare(
      () =>
        concat(
          [1, 2, 3].map((n) => numbers([2, n, 3], n, "float32")),
          1,
        ),
      () => 0,
    );
    compare(
      () => pad(numbers([2, 3], 1, "float32"), -1, 2, 1, 0.5),
      () => 0,
    );
  });

  it("converts", () => {
    const x = (): Tensor => tensor([2.7, -2.7, 0, -0.3, 1e6]);
    compare(() => cast(x(), "int32"));
    compare(() => cast(x(), "bool"));
    compare(() => cast(cast(x(), "int32"), "float32"));
  });

  it("folds rows, columns and everything, in one stage and in two", () => {
    const shapes = [[1], [257], [3, 300], [300, 3], [2, 3, 4, 5], [70_000], [5000, 2]];
    for (const shape of shapes) {
      for (const axes of [undefined, 0, -1]) {
        const bound = (value: number): number => 1e-6 * (Math.abs(value) + Math.sqrt(shape.reduce((a, b) => a * b)));
        compare(() => reduce("sum", library.square, [strided(numbers(shape, 1, "float32"))], { axes }), bound);
        compare(
          () => reduce("max", library.identity, [numbers(shape, 2, "float32")], { axes }),
          () => 0,
        );
        compare(
          () => reduce("min", library.identity, [numbers(shape, 3, "float32")], { axes }),
          () => 0,
        );
      }
    }
    compare(() => sum(zeros([0, 3]), { axes: 0 }));
    compare(() => reduce("max", library.identity, [tensor([1, Number.NaN, 3])]));
    compare(() => sum(tensor([1, 0, 1, 1], [4], "bool")));
  });

  it("multiplies matrices in all transpositions, batched, with bias", () => {
    fc.assert(
      fc.property(
        fc.tuple(...[7, 12, 9].map((most) => fc.integer({ min: 0, max: most }))),
        fc.nat(7),
        ([m, k, n], kind) => {
          const matrix = (rows: number, columns: number, flipped: boolean, lead: number[], seed: number): Tensor =>
            flipped
              ? transpose(numbers([...lead, columns, rows], seed, "float32"))
              : numbers([...lead, rows, columns], seed, "float32");
          for (const lead of [[], [3], [2, 2]]) {
            const right = kind & 4 ? [] : lead;
            compare(() =>
              matmul(
                matrix(m, k, (kind & 1) > 0, lead, 1),
                matrix(k, n, (kind & 2) > 0, right, 2),
                kind & 1 ? numbers([n], 3, "float32") : undefined,
              ),
            );
          }
        },
      ),
      { numRuns: 8 },
    );
    compare(
      () => matmul(numbers([3, 2000], 1, "float32"), numbers([2000, 5], 2, "float32")),
      () => 2000 * 2 ** -22,
    );
    compare(() => matmul(broadcastTo(numbers([1, 3], 1, "float32"), [4, 3]), numbers([3, 2], 2, "float32")));
  });

  it("takes a step of Adam in place", () => {
    const options = {
      learningRate: 0.1,
      beta1: 0.9,
      beta2: 0.99,
      epsilon: 1e-6,
      step: 3,
      l2: 0.01,
      decoupledDecay: 0.1,
    };
    for (const scale of [undefined, 0.5]) {
      for (const written of [0, 1, 2]) {
        compare(() => {
          const [w, g, m, v] = [1, 2, 3, 4].map((seed) => numbers([3, 5], seed, "float32"));
          const square = evaluate(library.square, [v]);
          adamStep(w, g, m, square, options, scale === undefined ? undefined : tensor(scale));
          return [w, m, square][written];
        });
      }
    }
  });

  it("finds the largest elements", () => {
    const rows = (): Tensor => tensor([1, 3, 3, -2, Number.NaN, 5, -1, -1, -1], [3, 3]);
    compare(
      () => argmax(rows()),
      () => 0,
    );
    for (const count of [0, 1, 2.9, 4, 100, -1, Number.NaN])
      compare(
        () => largest(rows(), tensor(count)),
        () => 0,
      );
  });

  it("draws the CPU's random numbers", () => {
    compare(
      () => dropout(numbers([21], 1, "float32"), 0.4, [1, 2], 3),
      () => 0,
    );
    compare(
      () => randomUniform([9], -1, 1, [1, 2], 3),
      () => 0,
    );
    compare(
      () => randomNormal([9], 0, 1, [1, 2], 3),
      () => 0,
    );
  });

  it("leaves to the CPU what float32 cannot hold, and counts it", () => {
    gpu.resetCounts();
    scope(() =>
      withDevice(gpu, () => {
        const x = tensor([2 ** 24, 1], [2], "int32");
        expect(Array.from(evaluate(library.add, [x, x.view([2], [1], 0)]).dataSync())).toEqual([2 ** 25, 2]);
        const big = tensor(Int32Array.of(2 ** 24 + 1));
        expect(Array.from(cast(big, "float64").dataSync())).toEqual([2 ** 24 + 1]);
        expect(Array.from(matmul(numbers([2, 2], 1), numbers([2, 2], 2)).dataSync())).toHaveLength(4);
        expect(Array.from(reshape(cast(tensor([300]), "uint8"), [1]).dataSync())).toEqual([300 % 256]);
      }),
    );
    expect(Object.fromEntries(gpu.fallbacks)).toEqual({ elementwise: 2 });
    expect(gpu.liveArrays).toBe(0);
  });

  it("refuses to mix tensors of two devices", () => {
    const [x, y] = [cpu(), gpu].map((device) => withDevice(device, () => zeros([2])));
    expect(() => evaluate(library.add, [x, y])).toThrow(DeviceError);
  });
});
