import { addressOf, contiguousElements } from "../../cpu/buffer.js";
import { heap } from "../../cpu/heap.js";
import { parallelFor } from "../../cpu/threads.js";
import { type F32x4, f32, f32x4, i32, type Kernel, kernel, type Local, type Pointer, ptr } from "../../wasm/index.js";
import { grainOf } from "../choice.js";
import { accumulators, forVectors, type Lanes, loadUpTo, sideBySide, storeUpTo, total } from "../lanes.js";
import { emitSoftmaxRow, spareBytes } from "../softmax/rows.js";
import type { AdditiveAttentionCall, AdditiveAttentionGradCall } from "./call.js";
import { checkWidths } from "./plain.js";
import { quickTanh4 } from "./tanh.js";

const sizes = { steps: i32, depth: i32, positions: i32 } as const;

/** The weights of one step of one sample: row = sample * steps + step. */
const weightsKernel: Kernel = kernel(
  "additiveAttention",
  { ...sizes, query: ptr, key: ptr, score: ptr, bias: ptr, valid: ptr, width: i32, output: ptr },
  (f, p, { start, end, scratch }) => {
    const { depth, positions } = p;
    f.forRange(start, end, (row) => {
      const sample = f.local(row.div(p.steps));
      const key = f.local(p.key.at(sample.mul(depth).mul(positions)));
      const output = f.local(p.output.at(row.mul(positions)));
      const left = f.local(positions);
      const to = f.local(output);
      /** The energies of the next positions, `count` vectors whose keys `load` gives. */
      const energies = (count: 1 | 2, load: (from: Pointer) => F32x4[]): Local<F32x4>[] => {
        const [query, score, from] = [p.query.at(row.mul(depth)), p.score, key.at(positions.sub(left))].map((at) =>
          f.local(at),
        );
        const sums = Array.from({ length: count }, () => f.local(p.bias.splat()));
        f.times(depth, () => {
          const shift = f.local(query.splat());
          const factor = f.local(score.splat());
          for (const [v, keys] of load(from).entries()) {
            sums[v].set(f.mulAdd(quickTanh4(f, keys.add(shift)), factor, sums[v]));
          }
          from.advance(positions);
          query.advance(1);
          score.advance(1);
        });
        return sums;
      };
      f.while(left.ge(8), () => {
        f.storeAll(
          to,
          energies(2, (from) => [from.load4(), from.load4(4)]),
        );
        to.advance(8);
        left.set(left.sub(8));
      });
      f.if(left.ge(4), () => {
        f.storeAll(
          to,
          energies(1, (from) => [from.load4()]),
        );
        to.advance(4);
        left.set(left.sub(4));
      });
      f.if(left.gt(0), () => storeUpTo(f, to, energies(1, (from) => [loadUpTo(f, from, left)])[0], left));
      const limit = f.local(p.valid.at(sample).loadInt());
      f.forRange(0, positions, (at) => {
        f.if(at.rem(p.width).ge(limit), () => f.store(output.at(at), f32.of(Number.NEGATIVE_INFINITY)));
      });
      emitSoftmaxRow(f, output, output, positions, scratch);
    });
  },
  { scratchBytes: spareBytes },
);

/** energyGrad = weights (grad - sum of grad weights), a row at a time. */
const energyGradKernel: Kernel = kernel(
  "attentionEnergyGrad",
  { grad: ptr, weights: ptr, output: ptr, positions: i32 },
  (f, p, { start, end }) => {
    f.forRange(start, end, (row) => {
      const arrays = [p.grad, p.weights, p.output].map((array) => f.local(array.at(row.mul(p.positions))));
      const [sum] = accumulators(f, 1);
      forVectors(f, p.positions, arrays.slice(0, 2), ({ load }) => sum.set(f.mulAdd(load(0), load(1), sum)));
      const mean = f.local(f32x4.splat(f.sum(sum)));
      forVectors(f, p.positions, arrays, ({ load, store }) => store(2, load(1).mul(load(0).sub(mean))));
    });
  },
);

/** All gradients of one feature of one sample: unit = sample * depth + d. `scoreParts` is [samples, depth]. */
const featureGradKernel: Kernel = kernel(
  "attentionFeatureGrad",
  { ...sizes, energyGrad: ptr, query: ptr, key: ptr, score: ptr, queryGrad: ptr, keyGrad: ptr, scoreParts: ptr },
  (f, p, { start, end, scratch }) => {
    const { steps, depth, positions } = p;
    const one = f.constant(1);
    f.forRange(start, end, (unit) => {
      const sample = f.local(unit.div(depth));
      const feature = f.local(unit.rem(depth));
      const [key, keyGrad] = [p.key, p.keyGrad].map((array) => f.local(array.at(unit.mul(positions))));
      const score = f.local(p.score.at(feature).splat());
      const scoreSums = accumulators(f, 2);
      f.zeroBytes(keyGrad, positions.shl(2));
      f.forRange(sample.mul(steps), sample.add(1).mul(steps), (row) => {
        const at = f.local(row.mul(depth).add(feature));
        const query = f.local(p.query.at(at).splat());
        const querySums = accumulators(f, 2);
        const add = ({ load, store, turn }: Lanes): void => {
          const squashed = quickTanh4(f, load(0).add(query));
          const energyGrad = load(2);
          scoreSums[turn].set(f.mulAdd(energyGrad, squashed, scoreSums[turn]));
          const inner = f.local(energyGrad.mul(one.sub(squashed.mul(squashed))));
          querySums[turn].set(querySums[turn].add(inner));
          store(1, f.mulAdd(inner, score, load(1)));
        };
        const arrays = [key, keyGrad, p.energyGrad.at(row.mul(positions))];
        forVectors(f, positions, arrays, add, 2, () => {
          sideBySide(f, scoreSums, scratch);
          sideBySide(f, querySums, scratch.at(8));
        });
        f.store(p.queryGrad.at(at), f.sum(total(f, querySums)).mul(score.lane(0)));
      });
      f.store(p.scoreParts.at(unit), f.sum(total(f, scoreSums)));
    });
  },
  { scratchBytes: 64 },
);

/** Attention weights of contiguous float32. @throws RangeError for a sample without a valid column */
export function simdAdditiveAttention(call: AdditiveAttentionCall): void {
  const [batch, steps, positions] = call.output.shape;
  const depth = call.query.shape[2];
  checkWidths(contiguousElements(call.validWidth));
  const args = {
    steps,
    depth,
    positions,
    query: addressOf(call.query),
    key: addressOf(call.key),
    score: addressOf(call.score),
    bias: addressOf(call.scoreBias),
    valid: addressOf(call.validWidth),
    width: call.width,
    output: addressOf(call.output),
  };
  parallelFor(weightsKernel, args, batch * steps, grainOf(depth * positions));
}

/** Gradients of attention weights of contiguous float32. */
export function simdAdditiveAttentionGrad(call: AdditiveAttentionGradCall): void {
  const [batch, steps, positions] = call.weights.shape;
  const depth = call.query.shape[2];
  const energyGrad = heap().alloc(4 * batch * steps * positions);
  const scoreParts = heap().alloc(4 * batch * depth);
  const energy = { grad: addressOf(call.grad), weights: addressOf(call.weights), output: energyGrad, positions };
  parallelFor(energyGradKernel, energy, batch * steps, grainOf(positions));
  const args = {
    steps,
    depth,
    positions,
    energyGrad,
    query: addressOf(call.query),
    key: addressOf(call.key),
    score: addressOf(call.score),
    queryGrad: addressOf(call.queryGrad),
    keyGrad: addressOf(call.keyGrad),
    scoreParts,
  };
  parallelFor(featureGradKernel, args, batch * depth, grainOf(steps * positions));
  addParts(call, heap().f32.subarray(scoreParts / 4, scoreParts / 4 + batch * depth));
  contiguousElements(call.scoreBiasGrad)[0] = heap()
    .f32.subarray(energyGrad / 4, energyGrad / 4 + batch * steps * positions)
    .reduce((sum, value) => sum + value, 0);
  heap().free(energyGrad);
  heap().free(scoreParts);
}

/** Sums the parts of the score's gradient over the samples, in order. */
function addParts({ scoreGrad }: AdditiveAttentionGradCall, parts: Float32Array): void {
  const result = contiguousElements(scoreGrad);
  const depth = result.length;
  for (let d = 0; d < depth; d++) {
    let sum = 0;
    for (let at = d; at < parts.length; at += depth) sum += parts[at];
    result[d] = sum;
  }
}
