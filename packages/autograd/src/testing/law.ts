import { cast, isFloating, sameShape, type Tensor, zeros } from "@retort/tensor";
import { backward } from "../backward.js";
import { sum } from "../ops/sum.js";
import { needsGrad, Variable } from "../variable.js";
import { assertClose, gridOf } from "./grid.js";

/** A function of tensors; integer inputs arrive as variables too, `.value` is their tensor. */
export type Loss = (...inputs: Variable[]) => Variable;

/** Something that has to be true of a loss for all inputs; `holds` throws where it is not. */
export interface Law {
  readonly name: string;
  /** How many random inputs it gets where `check` is not told; default 50. */
  readonly runs?: number;
  holds(loss: Loss, inputs: readonly Tensor[]): void;
}

/** Largest difference that passes as none, as a multiple of max(1, |value|). */
export const tolerance = 1e-5;

/** The loss without a graph. */
export function evaluate(loss: Loss, inputs: readonly Tensor[]): Tensor {
  return loss(...inputs.map((x) => new Variable(x))).value;
}

/** @throws Error naming `what` and the worst element when the tensors differ */
export function assertSame(found: Tensor, expected: Tensor, what: string): void {
  assertClose(found, gridOf(expected.dataSync(), expected.shape), tolerance, what);
}

/** The inputs, those of float32 in float64, where rounding does not hide what a law looks for. */
export function exact(inputs: readonly Tensor[]): Tensor[] {
  return onFloating(inputs, (x) => cast(x, "float64"));
}

/** Changes the floating inputs and leaves labels, lengths and masks as they are; `nth` counts the floating ones. */
export function onFloating(inputs: readonly Tensor[], change: (x: Tensor, nth: number) => Tensor): Tensor[] {
  let nth = 0;
  return inputs.map((x) => (isFloating(x.dtype) ? change(x, nth++) : x));
}

/** The first two inputs, which a law compares. @throws Error when they are not two of one shape */
export function pairIn(inputs: readonly Tensor[]): [Tensor, Tensor] {
  const [x, y] = inputs;
  if (y === undefined || !sameShape(x.shape, y.shape)) {
    throw new Error(`it is about two first inputs of one shape, found ${inputs.map(String).join(" and ")}`);
  }
  return [x, y];
}

/** The sum of the loss, and the gradient of each input: undefined for integers, 0 where none arrives. */
export function withGradients(
  loss: Loss,
  inputs: readonly Tensor[],
): { readonly value: Tensor; readonly gradients: readonly (Tensor | undefined)[] } {
  const variables = inputs.map((x) => new Variable(x, { requiresGrad: isFloating(x.dtype) }));
  const value = sum(loss(...variables));
  const found = needsGrad(value) ? backward(value) : undefined;
  const gradients = variables.map((x) =>
    isFloating(x.dtype) ? (found?.get(x)?.value ?? zeros(x.shape, x.dtype)) : undefined,
  );
  return { value: value.value, gradients };
}
