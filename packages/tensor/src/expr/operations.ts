/** Names of the functions that a term can be made of. */
export type UnaryOp = "neg" | "abs" | "exp" | "log" | "sqrt" | "tanh" | "sigmoid" | "floor" | "sign";
export type BinaryOp = "add" | "sub" | "mul" | "div" | "max" | "min" | "lt" | "le" | "eq" | "ne";
export type TernaryOp = "select" | "clip";
export type FunctionOp = UnaryOp | BinaryOp | TernaryOp;

/** A block of values of one term. Storing into a Float32Array is what rounds to float32. */
export type Block = Float32Array | Float64Array;

/** Writes `length` results to `out` from up to three blocks of arguments. */
type BlockFunction = (out: Block, length: number, a: Block, b: Block, c: Block) => void;

/** The logistic function without overflow: 1 / (1 + e^-x). */
function sigmoid(x: number): number {
  if (x < 0) {
    const e = Math.exp(x);
    return e / (1 + e);
  }
  return 1 / (1 + Math.exp(-x));
}

/**
 * What every operation means, for blocks of numbers in float64 or rounded to float32.
 * Maximum and minimum give NaN when either side is NaN; of two equal values (such as 0 and -0) the first.
 * Comparisons give 1 or 0, and are 0 (`ne`: 1) when either side is NaN. `select` takes its second argument unless the
 * first is 0. `clip` keeps NaN.
 */
export const blockFunctions: { readonly [K in FunctionOp]: BlockFunction } = {
  neg: (out, length, a) => {
    for (let i = 0; i < length; i++) out[i] = -a[i];
  },
  abs: (out, length, a) => {
    for (let i = 0; i < length; i++) out[i] = Math.abs(a[i]);
  },
  exp: (out, length, a) => {
    for (let i = 0; i < length; i++) out[i] = Math.exp(a[i]);
  },
  log: (out, length, a) => {
    for (let i = 0; i < length; i++) out[i] = Math.log(a[i]);
  },
  sqrt: (out, length, a) => {
    for (let i = 0; i < length; i++) out[i] = Math.sqrt(a[i]);
  },
  tanh: (out, length, a) => {
    for (let i = 0; i < length; i++) out[i] = Math.tanh(a[i]);
  },
  sigmoid: (out, length, a) => {
    for (let i = 0; i < length; i++) out[i] = sigmoid(a[i]);
  },
  floor: (out, length, a) => {
    for (let i = 0; i < length; i++) out[i] = Math.floor(a[i]);
  },
  sign: (out, length, a) => {
    for (let i = 0; i < length; i++) out[i] = Math.sign(a[i]);
  },
  add: (out, length, a, b) => {
    for (let i = 0; i < length; i++) out[i] = a[i] + b[i];
  },
  sub: (out, length, a, b) => {
    for (let i = 0; i < length; i++) out[i] = a[i] - b[i];
  },
  mul: (out, length, a, b) => {
    for (let i = 0; i < length; i++) out[i] = a[i] * b[i];
  },
  div: (out, length, a, b) => {
    for (let i = 0; i < length; i++) out[i] = a[i] / b[i];
  },
  max: (out, length, a, b) => {
    for (let i = 0; i < length; i++) out[i] = a[i] < b[i] || Number.isNaN(b[i]) ? b[i] : a[i];
  },
  min: (out, length, a, b) => {
    for (let i = 0; i < length; i++) out[i] = b[i] < a[i] || Number.isNaN(b[i]) ? b[i] : a[i];
  },
  lt: (out, length, a, b) => {
    for (let i = 0; i < length; i++) out[i] = a[i] < b[i] ? 1 : 0;
  },
  le: (out, length, a, b) => {
    for (let i = 0; i < length; i++) out[i] = a[i] <= b[i] ? 1 : 0;
  },
  eq: (out, length, a, b) => {
    for (let i = 0; i < length; i++) out[i] = a[i] === b[i] ? 1 : 0;
  },
  ne: (out, length, a, b) => {
    for (let i = 0; i < length; i++) out[i] = a[i] !== b[i] ? 1 : 0;
  },
  select: (out, length, a, b, c) => {
    for (let i = 0; i < length; i++) out[i] = a[i] !== 0 ? b[i] : c[i];
  },
  clip: (out, length, a, b, c) => {
    for (let i = 0; i < length; i++) {
      let value = a[i];
      if (value < b[i]) value = b[i];
      if (c[i] < value) value = c[i];
      out[i] = value;
    }
  },
};

/** The value of one operation on numbers, in float64. */
export function applyOperation(op: FunctionOp, args: readonly number[]): number {
  const [a, b, c] = [0, 1, 2].map((i) => Float64Array.of(args[i] ?? 0));
  const out = new Float64Array(1);
  blockFunctions[op](out, 1, a, b, c);
  return out[0];
}
