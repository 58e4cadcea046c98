import { addressOf, contiguousElements } from "../../cpu/buffer.js";
import { heap } from "../../cpu/heap.js";
import { parallelFor } from "../../cpu/threads.js";

import { f32, f32x4, i32, type Kernel, kernel, ptr } from "../../wasm/index.js";
import { grainOf } from "../choice.js";
import { accumulators, forVectors, loadUpTo, storeUpTo } from "../lanes.js";
import { emitSoftmaxRow } from "../softmax/rows.js";
import type { AdditiveAttentionCall, AdditiveAttentionGradCall } from "./call.js";
import { checkWidths } from "./plain.js";
import { quickTanh4 } from "./tanh.js";

const sizes = { steps: i32, depth: i32, positions: i32 } as const;

/** The weights of one step of one sample: row = sample * steps + step. */
const weightsKernel: Kernel = kernel(
  "additiveAttention",
  { ...sizes, query: ptr, key: ptr, score: ptr, bias: ptr, valid: ptr, width: i32, output: ptr },
  (f, p, { start, end }) => {
    const { depth, positions } = p;
    f.forRange(start, end, (row) => {
      const sample = f.local(row.div(p.steps));
      const key = f.local(p.key.at(sample.mul(depth).mul(positions)));
      const output = f.local(p.output.at(row.mul(positions)));
      f.forRange(
        0,
        positions,
        (begin) => {
          const left = f.local(positions.sub(begin));
          const [query, score, from] = [f.local(p.query.at(row.mul(depth))), f.local(p.score), f.local(key.at(begin))];
          const energy = f.local(p.bias.splat());
          const add = (whole: boolean): void =>
            f.times(depth, () => {
              const keys = whole ? from.load4() : loadUpTo(f, from, left);
              energy.set(f.mulAdd(quickTanh4(f, keys.add(query.splat())), score.splat(), energy));
              from.advance(positions);
              query.advance(1);
              score.advance(1);
            });
          f.if(
            left.ge(4),
            () => add(true),
            () => add(false),
          );
          storeUpTo(f, output.at(begin), energy, left);
        },
        4,
      );
      const limit = f.local(p.valid.at(sample).loadInt());
      f.forRange(0, positions, (at) => {
        f.if(at.rem(p.width).ge(limit), () => f.store(output.at(at), f32.of(Number.NEGATIVE_INFINITY)));
      });
      emitSoftmaxRow(f, output, output, positions);
    });
  },
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
  (f, p, { start, end }) => {
    const { steps, depth, positions } = p;
    const one = f.constant(1);
    f.forRange(start, end, (unit) => {
      const sample = f.local(unit.div(depth));
      const feature = f.local(unit.rem(depth));
      const [key, keyGrad] = [p.key, p.keyGrad].map((array) => f.local(array.at(unit.mul(positions))));
      const score = f.local(p.score.at(feature).splat());
      const [scoreSum] = accumulators(f, 1);
      f.zeroBytes(keyGrad, positions.shl(2));
      f.forRange(sample.mul(steps), sample.add(1).mul(steps), (row) => {
        const at = f.local(row.mul(depth).add(feature));
        const query = f.local(p.query.at(at).splat());
        const [querySum] = accumulators(f, 1);
        forVectors(f, positions, [key, keyGrad, p.energyGrad.at(row.mul(positions))], ({ load, store }) => {
          const squashed = quickTanh4(f, load(0).add(query));
          const energyGrad = load(2);
          scoreSum.set(f.mulAdd(energyGrad, squashed, scoreSum));
          const inner = f.local(energyGrad.mul(one.sub(squashed.mul(squashed))));
          querySum.set(querySum.add(inner));
          store(1, f.mulAdd(inner, score, load(1)));
        });
        f.store(p.queryGrad.at(at), f.sum(querySum).mul(score.lane(0)));
      });
      f.store(p.scoreParts.at(unit), f.sum(scoreSum));
    });
  },
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
