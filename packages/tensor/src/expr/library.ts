import { type Expression, expression } from "./expression.js";
import { constant, select } from "./term.js";

export const identity: Expression = expression("identity", ["x"], (x) => x);
export const addition: Expression = expression("add", ["x", "y"], (x, y) => x.add(y));
export const subtraction: Expression = expression("sub", ["x", "y"], (x, y) => x.sub(y));
export const multiplication: Expression = expression("mul", ["x", "y"], (x, y) => x.mul(y));
export const division: Expression = expression("div", ["x", "y"], (x, y) => x.div(y));
export const maximum: Expression = expression("maximum", ["x", "y"], (x, y) => x.max(y));
export const minimum: Expression = expression("minimum", ["x", "y"], (x, y) => x.min(y));
export const equal: Expression = expression("equal", ["x", "y"], (x, y) => x.eq(y));
export const notEqual: Expression = expression("notEqual", ["x", "y"], (x, y) => x.ne(y));
export const less: Expression = expression("less", ["x", "y"], (x, y) => x.lt(y));
export const scale: Expression = expression("scale", ["x"], (x, factor) => x.mul(factor), ["factor"]);
export const negation: Expression = expression("neg", ["x"], (x) => x.neg());
export const absolute: Expression = expression("abs", ["x"], (x) => x.abs());
export const square: Expression = expression("square", ["x"], (x) => x.square());
export const squareRoot: Expression = expression("sqrt", ["x"], (x) => x.sqrt());
export const reciprocalRoot: Expression = expression("rsqrt", ["x"], (x) => constant(1).div(x.sqrt()));
export const exponential: Expression = expression("exp", ["x"], (x) => x.exp());
export const logarithm: Expression = expression("log", ["x"], (x) => x.log());
export const sigmoid: Expression = expression("sigmoid", ["x"], (x) => x.sigmoid());
export const hyperbolicTangent: Expression = expression("tanh", ["x"], (x) => x.tanh());

/** max(x, 0), with derivative 0 at 0. */
export const relu: Expression = expression("relu", ["x"], (x) => select(x.le(0), 0, x));

/** x · sigmoid(x), also called SiLU. */
export const swish: Expression = expression("swish", ["x"], (x) => x.mul(x.sigmoid()));

/** x · clip(x + 3, 0, 6) / 6 (MobileNetV3). */
export const hardSwish: Expression = expression("hardSwish", ["x"], (x) => x.mul(x.add(3).clip(0, 6)).mul(1 / 6));

/** clip(slope · x + offset, 0, 1); recognition uses slope 1/6, detection 0.2, both offset 0.5. */
export const hardSigmoid: Expression = expression(
  "hardSigmoid",
  ["x"],
  (x, slope, offset) => x.mul(slope).add(offset).clip(0, 1),
  ["slope", "offset"],
);

/** Huber's loss with threshold 1: d²/2 below it, |d| - 1/2 above. */
export const smoothL1: Expression = expression("smoothL1", ["x", "y"], (x, y) => {
  const distance = x.sub(y).abs();
  return select(distance.lt(1), distance.square().mul(0.5), distance.sub(0.5));
});
