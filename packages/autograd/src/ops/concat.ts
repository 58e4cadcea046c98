import { concat as concatTensors, normalizeAxis } from "@retort/tensor";
import { apply, defineOp } from "../tape.js";
import { asVariable, type Operand, type Variable } from "../variable.js";
import { slice } from "./views.js";

const op = defineOp<number>({
  name: "concat",
  forward: (inputs, axis) => concatTensors(inputs, axis),
  vjp: ({ grads: [grad], inputs, attributes: axis, needs }) => {
    let end = 0;
    return inputs.map((input, i) => {
      const start = end;
      end += input.shape[axis];
      return needs[i] ? slice(grad as Variable, axis, start, end) : undefined;
    });
  },
});

/** The operands one after the other along `axis`; the other lengths must be equal. @throws ShapeError */
export function concat(list: readonly Operand[], axis: number): Variable {
  const inputs = list.map((x) => asVariable(x));
  return apply(op, inputs, inputs.length === 0 ? axis : normalizeAxis(axis, inputs[0].shape.length))[0];
}
