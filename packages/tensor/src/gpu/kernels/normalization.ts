import { pullback } from "../../expr/differentiate.js";
import { Expression, expression } from "../../expr/expression.js";
import { identity } from "../../expr/library.js";
import type {
  Activation,
  BatchNormCall,
  BatchNormGradCall,
  BatchNormInferenceCall,
} from "../../kernels/batch-norm/call.js";
import type { LayerNormCall, LayerNormGradCall } from "../../kernels/layer-norm/call.js";
import { type ArrayView, reshaped } from "../array-view.js";
import type { Kernel, Scratch } from "../scratch.js";
import { columns } from "./rows.js";

const divided = expression(({ x }, { count }) => x.div(count));
const squaredDistance = expression(({ x, mean }) => x.sub(mean).mul(x.sub(mean)));
const inverseRoot = expression(({ variance }, { epsilon }) => variance.add(epsilon).rsqrt());
const normalized = expression(({ x, mean, inverse, gamma, beta }) => x.sub(mean).mul(inverse).mul(gamma).add(beta));
const centredProduct = expression(({ g, x, mean, inverse }) => g.mul(x.sub(mean)).mul(inverse));

/** Mean, variance (divided by the count) and 1 / sqrt(variance + epsilon) over some axes. */
function statistics(
  scratch: Scratch,
  x: ArrayView,
  axes: readonly number[],
  epsilon: number,
): { mean: ArrayView; variance: ArrayView; inverse: ArrayView } {
  const count = axes.reduce((product, axis) => product * x.shape[axis], 1);
  const mean = scratch.map(divided, [scratch.fold("sum", identity, [x], axes)], [count]);
  const variance = scratch.map(divided, [scratch.fold("sum", squaredDistance, [x, mean], axes)], [count]);
  return { mean, variance, inverse: scratch.map(inverseRoot, [variance], [epsilon]) };
}

/** A vector [C] as [1, C, 1]. */
const channels = (view: ArrayView): ArrayView => ({
  ...view,
  shape: [1, view.shape[0], 1],
  strides: [0, view.strides[0], 0],
});

const activated = new WeakMap<Expression, Expression>();

/** Normalization with the activation in the same kernel. */
function withActivation(activation: Activation | undefined): Expression {
  if (activation === undefined) return normalized;
  const { expression: outer } = activation;
  const known =
    activated.get(outer) ??
    new Expression(normalized.inputs, outer.parameters, outer.apply({ [outer.inputs[0]]: normalized.root }));
  activated.set(outer, known);
  return known;
}

/** Batch normalization of [N, C, inner]. */
export const batchNorm: Kernel<BatchNormCall> = (scratch, call) => {
  const x = scratch.input(call.input);
  const [gamma, beta] = [call.gamma, call.beta].map((view) => channels(scratch.input(view)));
  const { mean, variance, inverse } = statistics(scratch, x, [0, 2], call.epsilon);
  const inputs = [x, mean, inverse, gamma, beta];
  scratch.output(call.output, scratch.map(withActivation(call.activation), inputs, call.activation?.parameters));
  scratch.output(call.mean, mean);
  scratch.output(call.variance, variance);
  return scratch.output(call.inverseStd, inverse);
};

/** Batch normalization with given statistics. */
export const batchNormInference: Kernel<BatchNormInferenceCall> = (scratch, call) => {
  const [gamma, beta, mean, variance] = [call.gamma, call.beta, call.mean, call.variance].map((view) =>
    channels(scratch.input(view)),
  );
  const inverse = scratch.map(inverseRoot, [variance], [call.epsilon]);
  const inputs = [scratch.input(call.input), mean, inverse, gamma, beta];
  return scratch.output(call.output, scratch.map(withActivation(call.activation), inputs, call.activation?.parameters));
};

const batchSlope = expression(({ g, x, mean, inverse, gamma, sum, product }, { count }) => {
  const centred = x.sub(mean).mul(inverse);
  return gamma.mul(inverse).mul(g.sub(sum.div(count)).sub(centred.mul(product).div(count)));
});

/** The gradient before the activation, whose input is computed again. */
function gradBefore(scratch: Scratch, call: BatchNormGradCall, inputs: readonly ArrayView[]): ArrayView {
  const g = scratch.input(call.grad);
  if (call.activation === undefined) return g;
  const { expression: outer, parameters, beta } = call.activation;
  const point = scratch.map(normalized, [...inputs, channels(scratch.input(beta))]);
  return scratch.map(pullback(outer, outer.inputs[0]), [g, point], parameters);
}

/** Gradients of batch normalization. */
export const batchNormGrad: Kernel<BatchNormGradCall> = (scratch, call) => {
  const x = scratch.input(call.input);
  const [mean, inverse, gamma] = [call.mean, call.inverseStd, call.gamma].map((view) => channels(scratch.input(view)));
  const g = gradBefore(scratch, call, [x, mean, inverse, gamma]);
  const sum = scratch.fold("sum", identity, [g], [0, 2]);
  const product = scratch.fold("sum", centredProduct, [g, x, mean, inverse], [0, 2]);
  const count = x.shape[0] * x.shape[2];
  scratch.output(call.inputGrad, scratch.map(batchSlope, [g, x, mean, inverse, gamma, sum, product], [count]));
  scratch.output(call.gammaGrad, product);
  return scratch.output(call.betaGrad, sum);
};

/** A vector [n] as [1, n]. */
const row = (view: ArrayView): ArrayView => ({ ...view, shape: [1, view.shape[0]], strides: [0, view.strides[0]] });

/** Layer normalization of rows. */
export const layerNorm: Kernel<LayerNormCall> = (scratch, call) => {
  const x = scratch.input(call.input);
  const [gamma, beta] = [call.gamma, call.beta].map((view) => row(scratch.input(view)));
  const { mean, inverse } = statistics(scratch, x, [1], call.epsilon);
  scratch.output(call.output, scratch.map(normalized, [x, mean, inverse, gamma, beta]));
  scratch.output(call.mean, mean);
  return scratch.output(call.inverseStd, inverse);
};

const scaled = expression(({ g, gamma }) => g.mul(gamma));
const scaledProduct = expression(({ g, gamma, x, mean, inverse }) => g.mul(gamma).mul(x.sub(mean)).mul(inverse));
const rowSlope = expression(({ g, x, mean, inverse, gamma, sum, product }, { count }) => {
  const centred = x.sub(mean).mul(inverse);
  return inverse.mul(g.mul(gamma).sub(sum.add(centred.mul(product)).div(count)));
});

/** Gradients of layer normalization. */
export const layerNormGrad: Kernel<LayerNormGradCall> = (scratch, call) => {
  const [g, x] = [scratch.input(call.grad), scratch.input(call.input)];
  const [mean, inverse] = [call.mean, call.inverseStd].map((view) => columns(scratch.input(view)));
  const gamma = row(scratch.input(call.gamma));
  const sum = scratch.fold("sum", scaled, [g, gamma], [1]);
  const product = scratch.fold("sum", scaledProduct, [g, gamma, x, mean, inverse], [1]);
  const inputs = [g, x, mean, inverse, gamma, sum, product];
  scratch.output(call.inputGrad, scratch.map(rowSlope, inputs, [x.shape[1]]));
  const width = [x.shape[1]];
  scratch.output(call.gammaGrad, reshaped(scratch.fold("sum", centredProduct, [g, x, mean, inverse], [0]), width));
  return scratch.output(call.betaGrad, reshaped(scratch.fold("sum", identity, [g], [0]), width));
};
