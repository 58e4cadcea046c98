import { Expression } from "./expression.js";
import { select, Term } from "./term.js";

/**
 * The derivative of an expression with respect to one input, with the same inputs and parameters; a derivative is an
 * expression like any other and can be differentiated again.
 *
 * Where a function has no derivative, this is the convention: |x| at 0 has 0; of a maximum or minimum of equal values
 * each side gets half; `clip` passes the gradient in the closed interval; `floor`, `sign` and comparisons have 0;
 * `select` has the derivative of the side that it takes, whatever the other side is.
 * @throws TypeError for a name that is not an input
 */
export function differentiate(expression: Expression, input: string): Expression {
  return new Expression(expression.inputs, expression.parameters, derivativeOf(expression, input));
}

/**
 * The derivative times a cotangent, ready for the backward pass: its inputs are the cotangent, under a name of its own,
 * and then those of the expression.
 * @throws TypeError for a name that is not an input
 */
export function pullback(expression: Expression, input: string): Expression {
  let name = "cotangent";
  while (expression.inputs.includes(name)) name += "'";
  const product = times(Term.leaf("input", name), derivativeOf(expression, input));
  return new Expression([name, ...expression.inputs], expression.parameters, product);
}

function derivativeOf(expression: Expression, input: string): Term {
  if (!expression.inputs.includes(input)) {
    throw new TypeError(`expression of (${expression.inputs.join(", ")}) has no input "${input}" to differentiate by`);
  }
  const done = new Map<Term, Term>();
  const derive = (term: Term): Term => {
    const known = done.get(term);
    if (known) return known;
    const result = rule(term, input, derive);
    done.set(term, result);
    return result;
  };
  return derive(expression.root);
}

const zero = Term.of(0);
const one = Term.of(1);

/** The derivative of one term, given those of its arguments by `derive`. */
function rule(term: Term, input: string, derive: (term: Term) => Term): Term {
  const [a, b, c] = term.args;
  switch (term.op) {
    case "input":
      return term.name === input ? one : zero;
    case "parameter":
    case "constant":
    case "floor":
    case "sign":
    case "lt":
    case "le":
    case "eq":
    case "ne":
      return zero;
    case "add":
      return plus(derive(a), derive(b));
    case "sub":
      return minus(derive(a), derive(b));
    case "mul":
      return plus(times(derive(a), b), times(a, derive(b)));
    case "div":
      return over(minus(derive(a), times(term, derive(b))), b);
    case "neg":
      return minus(zero, derive(a));
    case "abs":
      return times(a.sign(), derive(a));
    case "exp":
      return times(term, derive(a));
    case "log":
      return over(derive(a), a);
    case "sqrt":
      return over(times(Term.of(0.5), derive(a)), term);
    case "tanh":
      return times(one.sub(term.mul(term)), derive(a));
    case "sigmoid":
      return times(term.mul(one.sub(term)), derive(a));
    case "max":
      return plus(share(a.lt(b), a.eq(b), derive(a)), share(b.lt(a), a.eq(b), derive(b)));
    case "min":
      return plus(share(b.lt(a), a.eq(b), derive(a)), share(a.lt(b), a.eq(b), derive(b)));
    case "select":
      return choose(a, derive(b), derive(c));
    case "clip":
      return choose(b.le(a), choose(a.le(c), derive(a), zero), zero);
  }
}

/** All of `value`, half of it in a tie, nothing where the other side won. */
function share(lost: Term, tie: Term, value: Term): Term {
  return choose(lost, zero, choose(tie, times(Term.of(0.5), value), value));
}

function plus(a: Term, b: Term): Term {
  if (a.is(0)) return b;
  if (b.is(0)) return a;
  return b.op === "neg" ? a.sub(b.args[0]) : a.add(b);
}

function minus(a: Term, b: Term): Term {
  if (b.is(0)) return a;
  if (!a.is(0)) return a.sub(b);
  return b.op === "neg" ? b.args[0] : b.neg();
}

/** The product; a factor that is 0 by its form makes it 0, and what is masked out stays masked. */
function times(a: Term, b: Term): Term {
  if (a.is(0) || b.is(0)) return zero;
  if (a.is(1)) return b;
  if (b.is(1)) return a;
  if (a.is(-1)) return minus(zero, b);
  if (b.is(-1)) return minus(zero, a);
  if (a.op === "constant" && b.op === "mul" && b.args[1].op === "constant") return b.args[0].mul(a.mul(b.args[1]));
  if (isMask(b)) return choose(b.args[0], times(a, b.args[1]), times(a, b.args[2]));
  if (isMask(a)) return choose(a.args[0], times(a.args[1], b), times(a.args[2], b));
  return b.op === "constant" || a.op !== "constant" ? a.mul(b) : b.mul(a);
}

function isMask(term: Term): boolean {
  return term.op === "select" && (term.args[1].is(0) || term.args[2].is(0));
}

function over(a: Term, b: Term): Term {
  if (a.is(0)) return zero;
  if (b.op === "constant") return times(Term.of(1 / b.value), a);
  return a.op === "neg" ? a.args[0].div(b).neg() : a.div(b);
}

function choose(condition: Term, a: Term, b: Term): Term {
  return a === b || (a.op === "constant" && b.is(a.value)) ? a : select(condition, a, b);
}
