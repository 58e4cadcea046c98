/** Functions of one number. `floor` and `sign` have the derivative 0. */
export type UnaryName = "neg" | "abs" | "exp" | "log" | "sqrt" | "tanh" | "sigmoid" | "floor" | "sign";

/** Functions of two numbers. Comparisons give 1 or 0; `max` and `min` are NaN when either operand is. */
export type BinaryName = "add" | "sub" | "mul" | "div" | "max" | "min" | "lt" | "le" | "eq" | "ne";

/** What a term is made of. Terms are shared freely: one that occurs twice is computed once. */
export type TermShape =
  | { readonly kind: "input" | "parameter"; readonly name: string }
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "unary"; readonly op: UnaryName; readonly x: Term }
  | { readonly kind: "binary"; readonly op: BinaryName; readonly x: Term; readonly y: Term }
  | { readonly kind: "select"; readonly condition: Term; readonly x: Term; readonly y: Term };

/** A term, or a number that stands for a constant. */
export type TermLike = Term | number;

/** A scalar formula: an immutable tree with methods that build larger ones. */
export class Term {
  readonly shape: TermShape;

  constructor(shape: TermShape) {
    this.shape = shape;
  }

  /** The value of a constant, else undefined. */
  get constantValue(): number | undefined {
    return this.shape.kind === "constant" ? this.shape.value : undefined;
  }

  add(y: TermLike): Term {
    return binary("add", this, y);
  }
  sub(y: TermLike): Term {
    return binary("sub", this, y);
  }
  mul(y: TermLike): Term {
    return binary("mul", this, y);
  }
  div(y: TermLike): Term {
    return binary("div", this, y);
  }
  max(y: TermLike): Term {
    return binary("max", this, y);
  }
  min(y: TermLike): Term {
    return binary("min", this, y);
  }
  lt(y: TermLike): Term {
    return binary("lt", this, y);
  }
  le(y: TermLike): Term {
    return binary("le", this, y);
  }
  gt(y: TermLike): Term {
    return binary("lt", y, this);
  }
  ge(y: TermLike): Term {
    return binary("le", y, this);
  }
  eq(y: TermLike): Term {
    return binary("eq", this, y);
  }
  ne(y: TermLike): Term {
    return binary("ne", this, y);
  }
  neg(): Term {
    return unary("neg", this);
  }
  abs(): Term {
    return unary("abs", this);
  }
  exp(): Term {
    return unary("exp", this);
  }
  log(): Term {
    return unary("log", this);
  }
  sqrt(): Term {
    return unary("sqrt", this);
  }
  tanh(): Term {
    return unary("tanh", this);
  }
  /** 1 / (1 + exp(-x)), without overflow. */
  sigmoid(): Term {
    return unary("sigmoid", this);
  }
  floor(): Term {
    return unary("floor", this);
  }
  sign(): Term {
    return unary("sign", this);
  }
  square(): Term {
    return this.mul(this);
  }
  /** Kept between two bounds; the derivative is 1 on the closed interval. NaN stays NaN. */
  clip(low: TermLike, high: TermLike): Term {
    return select(this.lt(low), low, select(this.gt(high), high, this));
  }
}

/** A constant. */
export function constant(value: number): Term {
  return new Term({ kind: "constant", value });
}

/** `x` where `condition` is not 0, else `y`. */
export function select(condition: Term, x: TermLike, y: TermLike): Term {
  const [a, b] = [asTerm(x), asTerm(y)];
  const known = condition.constantValue;
  if (known !== undefined) return known !== 0 ? a : b;
  if (a.constantValue !== undefined && a.constantValue === b.constantValue) return a;
  return new Term({ kind: "select", condition, x: a, y: b });
}

/** A number as a constant, a term as it is. */
export function asTerm(value: TermLike): Term {
  return typeof value === "number" ? constant(value) : value;
}

function unary(op: UnaryName, x: Term): Term {
  const known = x.constantValue;
  if (known !== undefined) return constant(applyUnary(op, known));
  if (op === "neg" && x.shape.kind === "unary" && x.shape.op === "neg") return x.shape.x;
  return new Term({ kind: "unary", op, x });
}

function binary(op: BinaryName, left: TermLike, right: TermLike): Term {
  const [x, y] = [asTerm(left), asTerm(right)];
  const [a, b] = [x.constantValue, y.constantValue];
  if (a !== undefined && b !== undefined) return constant(applyBinary(op, a, b));
  if (op === "add" && a === 0) return y;
  if ((op === "add" || op === "sub") && b === 0) return x;
  if (op === "sub" && a === 0) return y.neg();
  if (op === "mul" && (a === 0 || b === 0)) return constant(0);
  if (op === "mul" && a === 1) return y;
  if ((op === "mul" || op === "div") && b === 1) return x;
  if (op === "div" && a === 0) return constant(0);
  if ((op === "mul" || op === "div") && b === -1) return x.neg();
  if (op === "mul" && a === -1) return y.neg();
  return new Term({ kind: "binary", op, x, y });
}

/** The value of a unary function in float64. */
export function applyUnary(op: UnaryName, x: number): number {
  switch (op) {
    case "neg":
      return -x;
    case "sigmoid":
      return 1 / (1 + Math.exp(-x));
    default:
      return Math[op](x);
  }
}

/** The value of a binary function in float64. */
export function applyBinary(op: BinaryName, x: number, y: number): number {
  switch (op) {
    case "add":
      return x + y;
    case "sub":
      return x - y;
    case "mul":
      return x * y;
    case "div":
      return x / y;
    case "max":
      return Math.max(x, y);
    case "min":
      return Math.min(x, y);
    case "lt":
      return Number(x < y);
    case "le":
      return Number(x <= y);
    case "eq":
      return Number(x === y);
    case "ne":
      return Number(x !== y);
  }
}
