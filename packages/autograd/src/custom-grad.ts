import { broadcastShapes, formatShape, ShapeError, sameShape, type Tensor } from "@retort/tensor";
import { apply, defineOp, type Forward, type VjpContext } from "./tape.js";
import type { Operand, Variable } from "./variable.js";

/** A function on tensors together with its gradient. */
export interface CustomGradient {
  /** Names the operation in error messages. */
  readonly name: string;
  /** The result, or `{ outputs: [result], saved }` with tensors that only `vjp` needs. */
  forward(inputs: readonly Tensor[]): Tensor | Forward;
  /**
   * The gradient of each input from the gradient of the result, `grads[0]`; undefined for none. A gradient has the
   * shape of its input, or one that the input broadcasts to.
   */
  vjp(context: VjpContext<void>): (Variable | undefined)[];
  /** The same function made of differentiable ones, which is what `createGraph` differentiates. */
  twin?(inputs: readonly Variable[]): Variable;
  /** True when `vjp` uses differentiable functions only, so that it can be differentiated itself. */
  readonly differentiable?: boolean;
}

/**
 * A function with a gradient of one's own:
 *
 *     const straightThrough = customGrad({
 *       name: "straightThrough",
 *       forward: ([x]) => T.evaluate(round, [x]),
 *       vjp: ({ grads: [grad] }) => [grad],
 *     });
 *
 * With neither `twin` nor `differentiable`, `createGraph` refuses it with an OnceDifferentiableError.
 * @throws ShapeError (from `backward`) when `vjp` returns too few gradients or one of a wrong shape
 */
export function customGrad(definition: CustomGradient): (...operands: Operand[]) => Variable {
  const { name, twin, differentiable = false } = definition;
  const op = defineOp({
    name,
    once: !differentiable,
    forward: (inputs) => definition.forward(inputs),
    vjp: (context) => checked(name, definition.vjp(context), context.inputs),
    ...(twin && { twin: (inputs: readonly Variable[]) => [twin(inputs)] }),
  });
  return (...operands) => apply(op, operands, undefined)[0];
}

function checked(
  name: string,
  gradients: (Variable | undefined)[],
  inputs: readonly Variable[],
): (Variable | undefined)[] {
  if (gradients.length !== inputs.length) {
    throw new ShapeError(`the vjp of ${name} returned ${gradients.length} gradients for ${inputs.length} inputs`);
  }
  for (const [i, gradient] of gradients.entries()) {
    if (gradient === undefined || fits(gradient, inputs[i])) continue;
    throw new ShapeError(
      `the vjp of ${name} returned a gradient of shape ${formatShape(gradient.shape)} for input ${i} of shape ${formatShape(inputs[i].shape)}`,
    );
  }
  return gradients;
}

function fits(gradient: Variable, input: Variable): boolean {
  if (gradient.shape.length < input.shape.length) return false;
  try {
    return sameShape(broadcastShapes(input.shape, gradient.shape), gradient.shape);
  } catch {
    return false;
  }
}
