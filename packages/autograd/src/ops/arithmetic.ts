import { expressions } from "@retort/tensor";
import type { Operand, Variable } from "../variable.js";
import { elementwise } from "./elementwise.js";

/** x + y, broadcast. @throws ShapeError */
export function add(x: Operand, y: Operand): Variable {
  return elementwise(expressions.add, [x, y]);
}

/** x - y, broadcast. @throws ShapeError */
export function sub(x: Operand, y: Operand): Variable {
  return elementwise(expressions.sub, [x, y]);
}

/** x · y, broadcast. @throws ShapeError */
export function mul(x: Operand, y: Operand): Variable {
  return elementwise(expressions.mul, [x, y]);
}

/** x / y, broadcast. @throws ShapeError */
export function div(x: Operand, y: Operand): Variable {
  return elementwise(expressions.div, [x, y]);
}

/** The larger of x and y; half of the gradient each at a tie, broadcast. @throws ShapeError */
export function maximum(x: Operand, y: Operand): Variable {
  return elementwise(expressions.maximum, [x, y]);
}

/** The smaller of x and y; half of the gradient each at a tie, broadcast. @throws ShapeError */
export function minimum(x: Operand, y: Operand): Variable {
  return elementwise(expressions.minimum, [x, y]);
}

/** -x, element by element. */
export function neg(x: Operand): Variable {
  return elementwise(expressions.neg, [x]);
}

/** |x|, with gradient 0 at 0, element by element. */
export function abs(x: Operand): Variable {
  return elementwise(expressions.abs, [x]);
}

/** x², element by element. */
export function square(x: Operand): Variable {
  return elementwise(expressions.square, [x]);
}

/** Square root, element by element. */
export function sqrt(x: Operand): Variable {
  return elementwise(expressions.sqrt, [x]);
}

/** 1 / √x, element by element. */
export function rsqrt(x: Operand): Variable {
  return elementwise(expressions.rsqrt, [x]);
}

/** e to the x, element by element. */
export function exp(x: Operand): Variable {
  return elementwise(expressions.exp, [x]);
}

/** Natural logarithm, element by element. */
export function log(x: Operand): Variable {
  return elementwise(expressions.log, [x]);
}

/** 1 / (1 + e^-x), element by element. */
export function sigmoid(x: Operand): Variable {
  return elementwise(expressions.sigmoid, [x]);
}

/** Hyperbolic tangent, element by element. */
export function tanh(x: Operand): Variable {
  return elementwise(expressions.tanh, [x]);
}

/** max(x, 0), with gradient 0 at 0, element by element. */
export function relu(x: Operand): Variable {
  return elementwise(expressions.relu, [x]);
}

/** x · sigmoid(x), also called SiLU, element by element. */
export function swish(x: Operand): Variable {
  return elementwise(expressions.swish, [x]);
}

/** x · clip(x + 3, 0, 6) / 6 (MobileNetV3), element by element. */
export function hardSwish(x: Operand): Variable {
  return elementwise(expressions.hardSwish, [x]);
}

/** clip(slope · x + offset, 0, 1): slope 1/6 in recognition networks, 0.2 in detection networks. */
export function hardSigmoid(x: Operand, slope: number = 1 / 6, offset = 0.5): Variable {
  return elementwise(expressions.hardSigmoid, [x], [slope, offset]);
}

/** Huber's loss with threshold 1 on x - y: d²/2 below it, |d| - 1/2 above. */
export function smoothL1(x: Operand, y: Operand): Variable {
  return elementwise(expressions.smoothL1, [x, y]);
}
