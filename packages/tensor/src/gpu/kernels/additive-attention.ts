import { expression } from "../../expr/expression.js";
import { identity, mul } from "../../expr/library.js";
import { select } from "../../expr/term.js";
import type { AdditiveAttentionCall, AdditiveAttentionGradCall } from "../../kernels/additive-attention/call.js";
import { type ArrayView, reshaped, wholeView } from "../array-view.js";
import type { Kernel } from "../scratch.js";
import { softmaxAlong } from "./softmax.js";

// Everything is seen as [B, T, D, P], with lengths of 1 where something does not depend on an axis.

const energyTerm = expression(({ query, key, score }) => score.mul(query.add(key).tanh()));
const masked = expression(({ energy, bias, column, width }) =>
  select(column.lt(width), energy.add(bias), Number.NEGATIVE_INFINITY),
);
const energySlope = expression(({ weight, g, mean }) => weight.mul(g.sub(mean)));
const scoreSlope = expression(({ slope, query, key }) => slope.mul(query.add(key).tanh()));
const innerSlope = expression(({ slope, query, key, score }) => {
  const squashed = query.add(key).tanh();
  return slope.mul(score).mul(squashed.mul(squashed).neg().add(1));
});

const asQuery = (view: ArrayView): ArrayView => reshaped(view, [...view.shape, 1]);
const asKey = (view: ArrayView): ArrayView => reshaped(view, [view.shape[0], 1, ...view.shape.slice(1)]);
const asScore = (view: ArrayView): ArrayView => reshaped(view, [1, 1, view.shape[0], 1]);
const asWeight = (view: ArrayView): ArrayView => reshaped(view, [view.shape[0], view.shape[1], 1, view.shape[2]]);

/** Weights of additive attention. */
export const additiveAttention: Kernel<AdditiveAttentionCall> = (scratch, call) => {
  const query = asQuery(scratch.input(call.query));
  const key = asKey(scratch.input(call.key));
  const score = asScore(scratch.input(call.score));
  const [batch, , , places] = key.shape;
  const energy = scratch.fold("sum", energyTerm, [query, key, score], [2]);
  const column = scratch.host(
    Float32Array.from({ length: places }, (_, p) => p % call.width),
    [1, 1, 1, places],
  );
  const bias = reshaped(scratch.input(call.scoreBias), [1, 1, 1, 1]);
  const width = reshaped(scratch.input(call.validWidth), [batch, 1, 1, 1]);
  return scratch.output(call.output, softmaxAlong(scratch, scratch.map(masked, [energy, bias, column, width]), 3));
};

/** Gradients of additive attention. */
export const additiveAttentionGrad: Kernel<AdditiveAttentionGradCall> = (scratch, call) => {
  const [g, weight] = [call.grad, call.weights].map((view) => asWeight(scratch.input(view)));
  const query = asQuery(scratch.input(call.query));
  const key = asKey(scratch.input(call.key));
  const score = asScore(scratch.input(call.score));
  const slope = scratch.map(energySlope, [weight, g, scratch.fold("sum", mul, [g, weight], [3])]);
  const flat = wholeView(slope.array, [slope.shape.reduce((a, b) => a * b)]);
  const inner = [slope, query, key, score];
  scratch.output(call.scoreBiasGrad, scratch.fold("sum", identity, [flat], [0]));
  scratch.output(call.scoreGrad, scratch.fold("sum", scoreSlope, [slope, query, key], [0, 1, 3]));
  scratch.output(call.queryGrad, scratch.fold("sum", innerSlope, inner, [3]));
  return scratch.output(call.keyGrad, scratch.fold("sum", innerSlope, inner, [1]));
};
