import { tensor } from "@retort/tensor";
import { apply, defineOp } from "../tape.js";
import { asVariable, type Operand, type Variable } from "../variable.js";

/** Replaces numbers by their sums over all parts of a batch that several processes hold, each of which calls it. */
export type SumOverParts = (numbers: Float64Array) => void;

const op = defineOp<{ readonly sum: SumOverParts }>({
  name: "sumOverParts",
  forward: ([x], { sum }) => {
    const numbers = Float64Array.from(x.dataSync());
    sum(numbers);
    return tensor(x.dtype === "float64" ? numbers : Float32Array.from(numbers), x.shape);
  },
  vjp: ({ grads: [grad], attributes: { sum } }) => [sumOverParts(grad as Variable, sum)],
});

/**
 * The sum of x over all parts of a batch that several processes hold, for a loss that is no mean of its parts', such as a
 * quotient of sums. All of them get the same values. In `backward` the gradients of all processes are added up in turn:
 * the losses of all, each weighed with its part's share, make that of the whole batch. Without `sum`, where one process
 * holds the whole batch, it is x.
 */
export function sumOverParts(x: Operand, sum: SumOverParts | undefined): Variable {
  const input = asVariable(x);
  return sum === undefined ? input : apply(op, [input], { sum })[0];
}
