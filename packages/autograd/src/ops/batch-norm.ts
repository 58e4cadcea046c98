import * as T from "@retort/tensor";
import { apply, defineOp } from "../tape.js";
import { type Operand, Variable } from "../variable.js";
import { add, mul, rsqrt, square, sub } from "./arithmetic.js";
import { elementwise } from "./elementwise.js";
import { mean } from "./sum.js";
import { reshape } from "./views.js";

/** What `batchNorm` is called with beside its operands. */
interface Attributes {
  readonly epsilon: number;
  readonly activation?: T.Activation;
}

const op = defineOp<Attributes>({
  name: "batchNorm",
  forward: ([x, gamma, beta], { epsilon, activation }) => {
    const { output, mean: average, variance, inverseStd } = T.batchNorm(x, gamma, beta, epsilon, activation);
    return { outputs: [output, average, variance], saved: [inverseStd] };
  },
  // The statistics are outputs for the running averages only; nothing is differentiated through them.
  vjp: ({ grads: [grad], inputs: [x, gamma, beta], outputs: [, average], saved: [inverseStd], attributes }) => {
    if (grad === undefined) return [];
    const { activation } = attributes;
    const after = activation && { ...activation, beta: beta.value };
    const found = T.batchNormGrad(grad.value, x.value, average.value, inverseStd, gamma.value, after);
    return [found.x, found.gamma, found.beta].map((value) => new Variable(value));
  },
  twin: ([x, gamma, beta], { epsilon, activation }) => {
    const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
    const channel = [1, x.shape[1], ...axes.slice(1).map(() => 1)];
    const average = mean(x, { axes, keepDims: true });
    const centred = sub(x, average);
    const variance = mean(square(centred), { axes, keepDims: true });
    const scale = mul(rsqrt(add(variance, epsilon)), reshape(gamma, channel));
    const normalized = add(mul(centred, scale), reshape(beta, channel));
    const output = activation ? elementwise(activation.expression, [normalized], activation.parameters) : normalized;
    return [output, reshape(average, [-1]), reshape(variance, [-1])];
  },
});

/**
 * Batch normalization with the batch's own statistics over all axes but axis 1 of x [N, C, ...]:
 * gamma (x - mean) / sqrt(variance + epsilon) + beta. Also returns mean and biased variance [C] for running averages;
 * no gradient flows through those two. An `activation`, an expression of one input, is applied in the same pass.
 * Source: Ioffe and Szegedy 2015.
 * @throws ShapeError when gamma or beta are not [C]
 * @throws TypeError when the activation has another number of inputs, or a parameter without a value
 */
export function batchNorm(
  x: Operand,
  gamma: Operand,
  beta: Operand,
  epsilon: number,
  activation?: T.Activation,
): { output: Variable; mean: T.Tensor; variance: T.Tensor } {
  const [output, average, variance] = apply(op, [x, gamma, beta], { epsilon, activation });
  return { output, mean: average.value, variance: variance.value };
}
