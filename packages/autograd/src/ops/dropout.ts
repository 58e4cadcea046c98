import { dropout as dropoutTensor } from "@retort/tensor";
import { currentRandom } from "../randomness.js";
import { apply, defineOp, type Op } from "../tape.js";
import type { Operand, Variable } from "../variable.js";

interface Mask {
  readonly probability: number;
  readonly key: [number, number];
}

// The mask is a function of the key, so the gradient is the same operation on the gradient.
const op: Op<Mask> = defineOp<Mask>({
  name: "dropout",
  forward: ([x], { probability, key }) => dropoutTensor(x, probability, key, 0),
  vjp: ({ grads: [grad], attributes }) => apply(op, [grad as Variable], attributes),
});

/**
 * Sets each element to 0 with `probability` and divides the others by 1 - probability. The mask comes from the current
 * generator (`withRandom`) and is not stored.
 * Source: Srivastava et al. 2014.
 */
export function dropout(x: Operand, probability: number): Variable {
  return apply(op, [x], { probability, key: currentRandom().words() })[0];
}
