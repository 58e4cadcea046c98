import { addressOf, contiguousElements } from "../../cpu/buffer.js";
import { heap } from "../../cpu/heap.js";
import { parallelFor } from "../../cpu/threads.js";
import {
  type F32x4,
  type Float,
  type FunctionBuilder,
  f32,
  f32x4,
  i32,
  type Kernel,
  kernel,
  type Local,
  ptr,
} from "../../wasm/index.js";
import { grainOf } from "../choice.js";
import { accumulators, forVectors, total } from "../lanes.js";
import type { LayerNormCall, LayerNormGradCall } from "./call.js";

const unroll = 2;

const splat = (f: FunctionBuilder, value: Float): Local<F32x4> => f.local(f32x4.splat(value));

const forwardKernel: Kernel = kernel(
  "layerNorm",
  { n: i32, input: ptr, gamma: ptr, beta: ptr, output: ptr, mean: ptr, inverseStd: ptr, epsilon: f32 },
  (f, p, { start, end }) => {
    const { n } = p;
    const count = f.local(n.toFloat());
    f.forRange(start, end, (row) => {
      const [input, output] = [p.input, p.output].map((array) => f.local(array.at(row.mul(n))));
      const sums = accumulators(f, unroll);
      forVectors(f, n, [input], ({ load, turn }) => sums[turn].set(sums[turn].add(load(0))), unroll);
      const mean = splat(f, f.sum(total(f, sums)).div(count));
      const squares = accumulators(f, unroll);
      forVectors(
        f,
        n,
        [input],
        ({ load, only, turn }) => {
          const distance = f.local(only(load(0).sub(mean)));
          squares[turn].set(f.mulAdd(distance, distance, squares[turn]));
        },
        unroll,
      );
      const variance = f.sum(total(f, squares)).div(count);
      const inverse = splat(f, f32.of(1).div(variance.add(p.epsilon).sqrt()));
      forVectors(f, n, [input, p.gamma, p.beta, output], ({ load, store }) => {
        store(3, f.mulAdd(load(0).sub(mean).mul(inverse), load(1), load(2)));
      });
      f.store(p.mean.at(row), mean.lane(0));
      f.store(p.inverseStd.at(row), inverse.lane(0));
    });
  },
);

/** Rows whose gradients of gamma and beta are added up together: unit k of the range is rows k * part to (k + 1) * part. */
const part = 64;

const backwardKernel: Kernel = kernel(
  "layerNormGrad",
  { n: i32, rows: i32, grad: ptr, input: ptr, mean: ptr, inverseStd: ptr, gamma: ptr, inputGrad: ptr, parts: ptr },
  (f, p, { start, end }) => {
    const { n } = p;
    const count = f.local(n.toFloat());
    f.forRange(start, end, (unit) => {
      const gammaPart = f.local(p.parts.at(unit.mul(n).mul(2)));
      const betaPart = f.local(gammaPart.at(n));
      f.zeroBytes(gammaPart, n.shl(3));
      const first = f.local(unit.mul(part));
      const last = f.local(first.add(part));
      f.forRange(first, last.min(p.rows), (row) => {
        const [grad, input, inputGrad] = [p.grad, p.input, p.inputGrad].map((array) => f.local(array.at(row.mul(n))));
        const [mean, inverse] = [p.mean, p.inverseStd].map((array) => f.local(array.at(row).splat()));
        const [sum, product] = accumulators(f, 2);
        forVectors(f, n, [grad, input, p.gamma, gammaPart, betaPart], ({ load, store, only }) => {
          const centred = f.local(only(load(1).sub(mean).mul(inverse)));
          const g = load(0);
          const scaled = f.local(g.mul(load(2)));
          sum.set(sum.add(scaled));
          product.set(f.mulAdd(scaled, centred, product));
          store(3, f.mulAdd(g, centred, load(3)));
          store(4, load(4).add(g));
        });
        const [meanGrad, slope] = [sum, product].map((lanes) => splat(f, f.sum(lanes).div(count)));
        forVectors(f, n, [grad, input, p.gamma, inputGrad], ({ load, store }) => {
          const centred = load(1).sub(mean).mul(inverse);
          store(
            3,
            load(0)
              .mul(load(2))
              .sub(f.mulAdd(centred, slope, meanGrad))
              .mul(inverse),
          );
        });
      });
    });
  },
);

/** Layer normalization of contiguous float32. */
export function simdLayerNorm(call: LayerNormCall): void {
  const { input, gamma, beta, output, mean, inverseStd, epsilon } = call;
  const [rows, n] = input.shape;
  const args = {
    n,
    input: addressOf(input),
    gamma: addressOf(gamma),
    beta: addressOf(beta),
    output: addressOf(output),
    mean: addressOf(mean),
    inverseStd: addressOf(inverseStd),
    epsilon,
  };
  parallelFor(forwardKernel, args, rows, grainOf(n));
}

/** Gradients of layer normalization of contiguous float32. */
export function simdLayerNormGrad(call: LayerNormGradCall): void {
  const { grad, input, mean, inverseStd, gamma, inputGrad } = call;
  const [rows, n] = input.shape;
  const count = Math.ceil(rows / part);
  const parts = heap().alloc(8 * n * count);
  const args = {
    n,
    rows,
    grad: addressOf(grad),
    input: addressOf(input),
    mean: addressOf(mean),
    inverseStd: addressOf(inverseStd),
    gamma: addressOf(gamma),
    inputGrad: addressOf(inputGrad),
    parts,
  };
  parallelFor(backwardKernel, args, count, grainOf(part * n));
  const values = heap().f32.subarray(parts / 4, parts / 4 + 2 * n * count);
  const sums = new Float64Array(2 * n);
  for (let i = 0; i < values.length; i++) sums[i % (2 * n)] += values[i];
  contiguousElements(call.gammaGrad).set(sums.subarray(0, n));
  contiguousElements(call.betaGrad).set(sums.subarray(n));
  heap().free(parts);
}
