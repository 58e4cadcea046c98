import { Expression, evaluate, pullback } from "@retort/tensor";
import { apply, defineOp, type Op } from "../tape.js";
import type { Operand, Variable } from "../variable.js";

type Parameters = readonly number[];

const ops = new WeakMap<Expression, Op<Parameters>>();

/**
 * Evaluates an expression element by element on operands broadcast against each other; `parameters` come in the order
 * of `e.parameters`. The gradient is the symbolic derivative, so it exists in every order, and keeps only the inputs.
 * @throws ShapeError when the operands do not broadcast
 */
export function elementwise(e: Expression, operands: readonly Operand[], parameters: Parameters = []): Variable {
  let op = ops.get(e);
  if (op === undefined) {
    op = expressionOp(e);
    ops.set(e, op);
  }
  return apply(op, operands, parameters)[0];
}

function expressionOp(e: Expression): Op<Parameters> {
  const pullbacks = new Map<string, Expression>();
  const pullbackFor = (input: string): Expression => {
    const known = pullbacks.get(input) ?? withoutUnused(pullback(e, input));
    pullbacks.set(input, known);
    return known;
  };
  return defineOp<Parameters>({
    name: "elementwise",
    forward: (inputs, parameters) => evaluate(e, inputs, parameters),
    vjp: ({ grads: [grad], inputs, attributes, needs }) =>
      inputs.map((_, i) => {
        if (!needs[i]) return undefined;
        const back = pullbackFor(e.inputs[i]);
        if (back.inputs.length === 0) return undefined; // The derivative is 0 everywhere.
        return elementwise(
          back,
          back.inputs.map((name) => inputs[e.inputs.indexOf(name)] ?? (grad as Variable)),
          attributes,
        );
      }),
  });
}

function withoutUnused(e: Expression): Expression {
  return new Expression(
    e.inputs.filter((input) => e.uses(input)),
    e.parameters,
    e.root,
  );
}
