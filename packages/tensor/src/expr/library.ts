import { type Expression, expression } from "./expression.js";
import { clip, max, min, select } from "./term.js";

/** x itself: copies and conversions. */
export const identity: Expression = expression(({ x }) => x);

export const add: Expression = expression(({ x, y }) => x.add(y));
export const sub: Expression = expression(({ x, y }) => x.sub(y));
export const mul: Expression = expression(({ x, y }) => x.mul(y));
export const div: Expression = expression(({ x, y }) => x.div(y));
export const maximum: Expression = expression(({ x, y }) => max(x, y));
export const minimum: Expression = expression(({ x, y }) => min(x, y));

export const neg: Expression = expression(({ x }) => x.neg());
export const abs: Expression = expression(({ x }) => x.abs());
export const exp: Expression = expression(({ x }) => x.exp());
export const log: Expression = expression(({ x }) => x.log());
export const sqrt: Expression = expression(({ x }) => x.sqrt());
export const rsqrt: Expression = expression(({ x }) => x.rsqrt());
export const square: Expression = expression(({ x }) => x.mul(x));
export const tanh: Expression = expression(({ x }) => x.tanh());
export const sigmoid: Expression = expression(({ x }) => x.sigmoid());

/** x held between `low` and `high`. */
export const clipped: Expression = expression(({ x }, { low, high }) => clip(x, low, high));

/** max(x, 0), with derivative 0 at 0. */
export const relu: Expression = expression(({ x }) => select(x.le(0), 0, x));

/** x * clip(x + 3, 0, 6) / 6; as in Paddle the derivative at -3 is 0 and at 3 is 1. */
export const hardSwish: Expression = expression(({ x }) =>
  select(x.le(-3), 0, select(x.lt(3), x.mul(x.add(3)).mul(1 / 6), x)),
);

/** clip(slope * x + offset, 0, 1); as in Paddle the derivative where it reaches 0 or 1 is 0. */
export const hardSigmoid: Expression = expression(({ x }, { slope, offset }) => {
  const line = x.mul(slope).add(offset);
  return select(line.le(0), 0, select(line.ge(1), 1, line));
});

/** x * sigmoid(x) */
export const swish: Expression = expression(({ x }) => x.mul(x.sigmoid()));

/** The Huber function with threshold 1 of x - y, as in Paddle's `smooth_l1_loss`: d^2 / 2 below 1, |d| - 1/2 from 1 on. */
export const smoothL1: Expression = expression(({ x, y }) => {
  const d = x.sub(y);
  return select(d.abs().lt(1), d.mul(d).mul(0.5), d.abs().sub(0.5));
});
