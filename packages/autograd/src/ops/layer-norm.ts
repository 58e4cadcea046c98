import * as T from "@retort/tensor";
import { apply, defineOp } from "../tape.js";
import { type Operand, Variable } from "../variable.js";
import { add, mul, rsqrt, square, sub } from "./arithmetic.js";
import { mean } from "./sum.js";

const last = { axes: -1, keepDims: true } as const;

const op = defineOp<number>({
  name: "layerNorm",
  forward: ([x, gamma, beta], epsilon) => {
    const { output, mean: average, inverseStd } = T.layerNorm(x, gamma, beta, epsilon);
    return { outputs: [output], saved: [average, inverseStd] };
  },
  vjp: ({ grads: [grad], inputs: [x, gamma], saved: [average, inverseStd] }) => {
    const found = T.layerNormGrad((grad as Variable).value, x.value, average, inverseStd, gamma.value);
    return [found.x, found.gamma, found.beta].map((value) => new Variable(value));
  },
  twin: ([x, gamma, beta], epsilon) => {
    const centred = sub(x, mean(x, last));
    const scale = rsqrt(add(mean(square(centred), last), epsilon));
    return [add(mul(mul(centred, scale), gamma), beta)];
  },
});

/**
 * Layer normalization over the last axis: gamma (x - mean) / sqrt(variance + epsilon) + beta, gamma and beta [C].
 * Source: Ba, Kiros and Hinton 2016.
 * @throws ShapeError when gamma or beta do not fit the last axis
 */
export function layerNorm(x: Operand, gamma: Operand, beta: Operand, epsilon: number): Variable {
  return apply(op, [x, gamma, beta], epsilon)[0];
}
