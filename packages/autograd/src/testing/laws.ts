import { evaluate as compute, expressions, type Tensor, tensor } from "@retort/tensor";
import { assertClose, type Grid, gridOf } from "./grid.js";
import { assertSame, evaluate, exact, type Law, type Loss, onFloating, pairIn, tolerance } from "./law.js";

/** No element of the loss is negative. */
export const nonNegative: Law = {
  name: "nonNegative",
  holds(loss, inputs) {
    const smallest = Array.from(evaluate(loss, inputs).dataSync()).reduce((a, b) => Math.min(a, b), 0);
    if (!(smallest >= -tolerance)) throw new Error(`the loss is ${Number(smallest.toPrecision(6))}`);
  },
};

/** The loss of a tensor against itself is 0: the first input takes the place of the second. */
export const zeroAtEquality: Law = {
  name: "zeroAtEquality",
  holds(loss, inputs) {
    const [x] = pairIn(inputs);
    const value = evaluate(loss, [x, x, ...inputs.slice(2)]);
    assertClose(value, gridOf(new Float64Array(value.size), value.shape), tolerance, "loss of x against x");
  },
};

/**
 * The loss of two inputs that differ in one element is above 0, whichever element it is: nothing is left out of account.
 * Without it a loss that is always 0 keeps most other laws. It says nothing of a last axis of length 1, where a softmax
 * sees no difference.
 */
export const positiveApart: Law = {
  name: "positiveApart",
  holds(loss, inputs) {
    const [x, y, ...rest] = exact(inputs);
    const [values, others] = pairIn([x, y]).map((z) => Array.from(z.dataSync()));
    if (x.size === 0 || x.shape.at(-1) === 1) return;
    const at = chosen(values, others);
    if (values[at] === others[at]) return;
    const near = tensor(values.with(at, others[at]), x.shape, x.dtype);
    const total = Array.from(evaluate(loss, [x, near, ...rest]).dataSync()).reduce((a, b) => a + b, 0);
    if (!(total > 0)) throw new Error(`the loss of x against x with element ${at} of y is ${total}`);
  },
};

/** A place that depends on the values, so that random inputs reach all of them. */
function chosen(values: readonly number[], others: readonly number[]): number {
  const sum = [...values, ...others].reduce((total, value, i) => total + Math.abs(value) * 1024 * (i + 1), 0);
  return Math.floor(sum) % values.length;
}

/** Exchanging the first two inputs changes nothing. */
export const symmetric: Law = {
  name: "symmetric",
  holds(loss, inputs) {
    const [x, y] = pairIn(inputs);
    const exchanged = evaluate(loss, [y, x, ...inputs.slice(2)]);
    assertSame(exchanged, evaluate(loss, inputs), "loss with its first two inputs exchanged");
  },
};

/** Constants added along the last axis of the floating inputs change nothing, as of logits before a softmax over it. */
export const shiftInvariant: Law = {
  name: "shiftInvariant",
  holds(loss, inputs) {
    const before = exact(inputs);
    const after = onFloating(before, shifted);
    assertSame(evaluate(loss, after), evaluate(loss, before), "loss with constants added to the rows of its inputs");
  },
};

function shifted(x: Tensor, nth: number): Tensor {
  const classes = x.shape.at(-1) ?? 1;
  const shift = Float64Array.from(x.dataSync(), (_, i) => 2 * Math.cos(1 + 5 * nth + Math.floor(i / classes)));
  return compute(expressions.add, [x, tensor(shift, x.shape)]);
}

/** Factors of the floating inputs multiply the loss by their power: 1 for distances, 2 for squared ones. */
export function homogeneous(degree: number): Law {
  const factor = 3;
  return {
    name: `homogeneous(${degree})`,
    holds(loss, inputs) {
      const before = exact(inputs);
      const after = onFloating(before, (x) => compute(expressions.mul, [x, tensor(factor, [], x.dtype)]));
      const value = evaluate(loss, before);
      const expected = compute(expressions.mul, [value, tensor(factor ** degree, [], value.dtype)]);
      assertSame(evaluate(loss, after), expected, `loss of inputs times ${factor}`);
    },
  };
}

/**
 * The loss has the value that a plain function gives: loops, the formula of a paper, brute force. It gets the inputs as
 * grids and both are computed in float64; by default they may differ by 1e-12 of max(1, |value|).
 */
export function valueMatches(reference: (...inputs: Grid[]) => number | Grid, largest = 1e-12): Law {
  return {
    name: "valueMatches",
    holds(loss, inputs) {
      const expected = reference(...inputs.map((x) => gridOf(x.dataSync(), x.shape)));
      const wanted = typeof expected === "number" ? gridOf([expected], []) : expected;
      assertClose(evaluate(loss, exact(inputs)), wanted, largest, "loss");
    },
  };
}

/** The loss is another one, written in another way: in float64, up to 1e-12 of max(1, |value|). */
export function sameLoss(name: string, other: Loss): Law {
  return {
    name,
    holds(loss, inputs) {
      const expected = evaluate(other, exact(inputs));
      assertClose(evaluate(loss, exact(inputs)), gridOf(expected.dataSync(), expected.shape), 1e-12, "loss");
    },
  };
}
