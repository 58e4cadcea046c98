import { applyOperation, type FunctionOp } from "./operations.js";

/** What a term is: a named leaf, a number, or an operation on other terms. */
export type TermOp = "input" | "parameter" | "constant" | FunctionOp;

/** Where a term is expected, a number will do. */
export type Operand = Term | number;

/**
 * One scalar formula, written by chaining: `x.mul(x).add(1).sqrt()`. Immutable.
 * A term of constants alone is a constant, worked out in float64.
 */
export class Term {
  readonly op: TermOp;
  readonly args: readonly Term[];
  /** The number of a constant; 0 for the rest. */
  readonly value: number;
  /** The name of an input or parameter; empty for the rest. */
  readonly name: string;

  private constructor(op: TermOp, args: readonly Term[], value: number, name: string) {
    this.op = op;
    this.args = args;
    this.value = value;
    this.name = name;
  }

  /** The value of an input or of a scalar parameter. */
  static leaf(op: "input" | "parameter", name: string): Term {
    return new Term(op, [], 0, name);
  }

  /** A term as it is, a number as a constant. */
  static of(operand: Operand): Term {
    return operand instanceof Term ? operand : new Term("constant", [], operand, "");
  }

  /** An operation on other terms. */
  static call(op: FunctionOp, ...operands: Operand[]): Term {
    const args = operands.map(Term.of);
    if (args.every((term) => term.op === "constant")) {
      return Term.of(
        applyOperation(
          op,
          args.map((term) => term.value),
        ),
      );
    }
    return new Term(op, args, 0, "");
  }

  /** True for the constant `value`; -0 is not 0. */
  is(value: number): boolean {
    return this.op === "constant" && Object.is(this.value, value);
  }

  add(other: Operand): Term {
    return Term.call("add", this, other);
  }
  sub(other: Operand): Term {
    return Term.call("sub", this, other);
  }
  mul(other: Operand): Term {
    return Term.call("mul", this, other);
  }
  div(other: Operand): Term {
    return Term.call("div", this, other);
  }
  neg(): Term {
    return Term.call("neg", this);
  }
  /** Absolute value; its derivative at 0 is 0. */
  abs(): Term {
    return Term.call("abs", this);
  }
  exp(): Term {
    return Term.call("exp", this);
  }
  /** Natural logarithm. */
  log(): Term {
    return Term.call("log", this);
  }
  sqrt(): Term {
    return Term.call("sqrt", this);
  }
  /** 1 / sqrt(x) */
  rsqrt(): Term {
    return Term.of(1).div(this.sqrt());
  }
  tanh(): Term {
    return Term.call("tanh", this);
  }
  /** 1 / (1 + e^-x), without overflow. */
  sigmoid(): Term {
    return Term.call("sigmoid", this);
  }
  /** The next integer below; its derivative is 0. */
  floor(): Term {
    return Term.call("floor", this);
  }
  /** -1, 0 or 1; its derivative is 0. */
  sign(): Term {
    return Term.call("sign", this);
  }
  /**
   * x to a constant power. Integers up to 64 are multiplied out and halves go through `sqrt`; any other exponent is
   * e^(exponent * log x), which is NaN for negative x.
   */
  pow(exponent: number): Term {
    if (exponent < 0) return Term.of(1).div(this.pow(-exponent));
    if (Number.isInteger(exponent) && exponent <= 64) return this.whole(exponent);
    if (Number.isInteger(exponent * 2) && exponent <= 64) return this.whole(Math.floor(exponent), this.sqrt());
    return this.log().mul(exponent).exp();
  }

  /** start * x^exponent by repeated squaring. */
  private whole(exponent: number, start?: Term): Term {
    let product = start;
    let square: Term = this;
    for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
      if (left % 2 === 1) product = product ? product.mul(square) : square;
      if (left > 1) square = square.mul(square);
    }
    return product ?? Term.of(1);
  }

  /** 1 where x < other, else 0. The other comparisons are alike. */
  lt(other: Operand): Term {
    return Term.call("lt", this, other);
  }
  le(other: Operand): Term {
    return Term.call("le", this, other);
  }
  gt(other: Operand): Term {
    return Term.call("lt", other, this);
  }
  ge(other: Operand): Term {
    return Term.call("le", other, this);
  }
  eq(other: Operand): Term {
    return Term.call("eq", this, other);
  }
  ne(other: Operand): Term {
    return Term.call("ne", this, other);
  }
  /** 1 where x is a number other than plus and minus infinity, else 0. */
  isFinite(): Term {
    return this.abs().lt(Number.POSITIVE_INFINITY);
  }
}

/** The larger of two; NaN if either is. Where they are equal, each gets half the gradient. */
export function max(a: Operand, b: Operand): Term {
  return Term.call("max", a, b);
}

/** The smaller of two; NaN if either is. Where they are equal, each gets half the gradient. */
export function min(a: Operand, b: Operand): Term {
  return Term.call("min", a, b);
}

/** `a` where the condition is not 0, else `b`. */
export function select(condition: Operand, a: Operand, b: Operand): Term {
  return Term.call("select", condition, a, b);
}

/**
 * x held between two bounds, which are numbers or parameters; NaN stays NaN.
 * The derivative is 1 inside of the closed interval and 0 outside.
 * @throws TypeError when a bound is computed from other terms
 */
export function clip(x: Term, low: Operand, high: Operand): Term {
  for (const bound of [low, high].map(Term.of)) {
    if (bound.op !== "constant" && bound.op !== "parameter") {
      throw new TypeError(`clip takes numbers or parameters as bounds, found ${bound.op} (use max and min)`);
    }
  }
  return Term.call("clip", x, low, high);
}
