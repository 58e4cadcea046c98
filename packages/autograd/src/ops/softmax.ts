import * as T from "@retort/tensor";
import { apply, defineOp } from "../tape.js";
import type { Operand, Variable } from "../variable.js";
import { exp, mul, sub } from "./arithmetic.js";
import { sum } from "./sum.js";

const last = { axes: -1, keepDims: true } as const;

// Written with kernels while nothing records the walk, and with differentiable functions when something does.
const softmaxGradOp = defineOp({
  name: "softmaxGrad",
  forward: ([grad, y]) => T.softmaxGrad(grad, y),
  vjp: ({ grads: [outer], inputs: [grad, y], needs }) => {
    const g = outer as Variable;
    const inner = sub(g, sum(mul(g, y), last));
    return [
      needs[0] ? mul(y, inner) : undefined,
      needs[1] ? sub(mul(inner, grad), mul(g, sum(mul(grad, y), last))) : undefined,
    ];
  },
});

const softmaxOp = defineOp({
  name: "softmax",
  forward: ([x]) => T.softmax(x),
  vjp: ({ grads: [grad], outputs: [y] }) => apply(softmaxGradOp, [grad as Variable, y], undefined),
});

const logSoftmaxGradOp = defineOp({
  name: "logSoftmaxGrad",
  forward: ([grad, y]) => T.logSoftmaxGrad(grad, y),
  vjp: ({ grads: [outer], inputs: [grad, y], needs }) => {
    const g = outer as Variable;
    const p = exp(y);
    return [
      needs[0] ? sub(g, sum(mul(g, p), last)) : undefined,
      needs[1] ? mul(mul(g, p), mul(sum(grad, last), -1)) : undefined,
    ];
  },
});

const logSoftmaxOp = defineOp({
  name: "logSoftmax",
  forward: ([x]) => T.logSoftmax(x),
  vjp: ({ grads: [grad], outputs: [y] }) => apply(logSoftmaxGradOp, [grad as Variable, y], undefined),
});

/** Softmax over the last axis. */
export function softmax(x: Operand): Variable {
  return apply(softmaxOp, [x], undefined)[0];
}

/** Logarithm of the softmax over the last axis, safe at extreme values. */
export function logSoftmax(x: Operand): Variable {
  return apply(logSoftmaxOp, [x], undefined)[0];
}
