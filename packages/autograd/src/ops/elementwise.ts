import { chainRule, type Expression, evaluate } from "@retort/tensor";
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
  const chains = new Map<string, Expression>();
  const chainFor = (name: string): Expression => {
    const known = chains.get(name) ?? chainRule(e, name);
    chains.set(name, known);
    return known;
  };
  return defineOp<Parameters>({
    name: e.name,
    forward: (inputs, parameters) => evaluate(e, inputs, parameters),
    vjp: ({ grads: [grad], inputs, attributes, needs }) =>
      inputs.map((_, i) => {
        if (!needs[i]) return undefined;
        const chain = chainFor(e.inputs[i]);
        const operands = chain.inputs.map((name) => inputs[e.inputs.indexOf(name)] ?? (grad as Variable));
        return elementwise(
          chain,
          operands,
          chain.parameters.map((name) => attributes[e.parameters.indexOf(name)]),
        );
      }),
  });
}
