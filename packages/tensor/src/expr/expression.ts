import { constant, Term } from "./term.js";

/** A formula with named inputs (tensors) and parameters (numbers given at each call). */
export interface Expression {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly parameters: readonly string[];
  readonly root: Term;
}

/**
 * Defines an element-wise operation: from it come the plain loop, the SIMD kernel and the derivative.
 *
 *     const hardSwish = expression("hardSwish", ["x"], (x) => x.mul(x.add(3).clip(0, 6)).div(6));
 *
 * `build` gets one term per input, then one per parameter.
 */
export function expression(
  name: string,
  inputs: readonly string[],
  build: (...terms: Term[]) => Term,
  parameters: readonly string[] = [],
): Expression {
  const terms = [
    ...inputs.map((input) => new Term({ kind: "input", name: input })),
    ...parameters.map((parameter) => new Term({ kind: "parameter", name: parameter })),
  ];
  return { name, inputs, parameters, root: build(...terms) };
}

/** Every term under `root` once, operands before what uses them. */
export function termsOf(root: Term): Term[] {
  const found = new Set<Term>();
  const visit = (term: Term): void => {
    if (found.has(term)) return;
    for (const operand of operandsOf(term)) visit(operand);
    found.add(term);
  };
  visit(root);
  return [...found];
}

/** The terms that `term` is computed from. */
export function operandsOf({ shape }: Term): readonly Term[] {
  switch (shape.kind) {
    case "unary":
      return [shape.x];
    case "binary":
      return [shape.x, shape.y];
    case "select":
      return [shape.condition, shape.x, shape.y];
    default:
      return [];
  }
}

/**
 * `gradient` times the derivative of `e` towards one input: an expression of those inputs and parameters of `e` that it
 * still needs, and of one input more, the last, for the gradient.
 */
export function chainRule(e: Expression, input: string): Expression {
  let name = "gradient";
  while (e.inputs.includes(name)) name += "'";
  const gradient = new Term({ kind: "input", name });
  const root = gradient.mul(derivative(e.root, input));
  const used = termsOf(root).flatMap(({ shape }) => ("name" in shape ? [`${shape.kind} ${shape.name}`] : []));
  return {
    name: `${e.name} gradient`,
    inputs: [...e.inputs, name].filter((input) => used.includes(`input ${input}`)),
    parameters: e.parameters.filter((parameter) => used.includes(`parameter ${parameter}`)),
    root,
  };
}

/** The derivative of a term towards the input of that name. */
function derivative(root: Term, input: string): Term {
  const known = new Map<Term, Term>();
  for (const term of termsOf(root))
    known.set(
      term,
      step(term, input, (operand) => known.get(operand) as Term),
    );
  return known.get(root) as Term;
}

function step(term: Term, input: string, d: (operand: Term) => Term): Term {
  const { shape } = term;
  switch (shape.kind) {
    case "input":
      return constant(Number(shape.name === input));
    case "parameter":
    case "constant":
      return constant(0);
    case "select":
      return selectDerivative(shape.condition, d(shape.x), d(shape.y));
    case "unary":
      return unaryDerivative(term, shape.x, d(shape.x));
    case "binary":
      return binaryDerivative(term, shape.x, shape.y, d(shape.x), d(shape.y));
  }
}

function selectDerivative(condition: Term, dx: Term, dy: Term): Term {
  if (dx.constantValue !== undefined && dx.constantValue === dy.constantValue) return dx;
  return new Term({ kind: "select", condition, x: dx, y: dy });
}

function unaryDerivative(term: Term, x: Term, dx: Term): Term {
  if (dx.constantValue === 0) return dx;
  switch ((term.shape as { op: string }).op) {
    case "neg":
      return dx.neg();
    case "abs":
      return dx.mul(x.sign());
    case "exp":
      return dx.mul(term);
    case "log":
      return dx.div(x);
    case "sqrt":
      return dx.div(term.mul(2));
    case "tanh":
      return dx.mul(constant(1).sub(term.square()));
    case "sigmoid":
      return dx.mul(term.mul(constant(1).sub(term)));
    default:
      return constant(0);
  }
}

/** Maximum and minimum give each operand half of the gradient at a tie. */
function binaryDerivative(term: Term, x: Term, y: Term, dx: Term, dy: Term): Term {
  switch ((term.shape as { op: string }).op) {
    case "add":
      return dx.add(dy);
    case "sub":
      return dx.sub(dy);
    case "mul":
      return dx.mul(y).add(x.mul(dy));
    case "div":
      return dy.constantValue === 0 ? dx.div(y) : dx.div(y).sub(term.mul(dy).div(y));
    case "max":
      return dx.mul(share(y, x)).add(dy.mul(share(x, y)));
    case "min":
      return dx.mul(share(x, y)).add(dy.mul(share(y, x)));
    default:
      return constant(0);
  }
}

function share(below: Term, above: Term): Term {
  return below.lt(above).add(below.eq(above).mul(0.5));
}
