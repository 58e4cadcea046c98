import type { View } from "../device.js";
import type { DType, TypedArray } from "../dtype.js";
import { type Expression, operandsOf, termsOf } from "./expression.js";
import { applyBinary, applyUnary, type Term } from "./term.js";

const blockSize = 512;

/** One term being evaluated for a block of elements. */
interface Step {
  readonly term: Term;
  readonly values: Float32Array | Float64Array;
  readonly operands: readonly (Float32Array | Float64Array)[];
}

/**
 * An evaluator of `e` in blocks of elements: `load(input, block, count)` fills the block of an input, `run(count)`
 * returns the block of results. Every step is rounded to float32 unless `dtype` is another type, which is computed in
 * float64. Needs no code generation, so it also works where a page's security policy forbids that.
 */
export function plainEvaluator(
  e: Expression,
  parameters: readonly number[],
  dtype: DType,
): { readonly blockSize: number; run(load: (input: number, block: TypedArray) => void, count: number): TypedArray } {
  const make = (): Float32Array | Float64Array =>
    dtype === "float32" ? new Float32Array(blockSize) : new Float64Array(blockSize);
  const blocks = new Map<Term, Float32Array | Float64Array>();
  const steps: Step[] = [];
  for (const term of termsOf(e.root)) {
    const values = make();
    blocks.set(term, values);
    if (term.shape.kind === "constant") values.fill(term.shape.value);
    else if (term.shape.kind === "parameter") values.fill(parameters[e.parameters.indexOf(term.shape.name)]);
    else steps.push({ term, values, operands: operandsOf(term).map((operand) => blocks.get(operand) as Float32Array) });
  }
  const result = blocks.get(e.root) as Float32Array;
  return {
    blockSize,
    run(load, count) {
      for (const { term, values, operands } of steps) {
        if (term.shape.kind === "input") load(e.inputs.indexOf(term.shape.name), values);
        else compute(term, values, operands, count);
      }
      return result;
    },
  };
}

function compute(term: Term, out: TypedArray, [a, b, c]: readonly TypedArray[], count: number): void {
  const { shape } = term;
  if (shape.kind === "unary") for (let i = 0; i < count; i++) out[i] = applyUnary(shape.op, a[i]);
  else if (shape.kind === "binary") for (let i = 0; i < count; i++) out[i] = applyBinary(shape.op, a[i], b[i]);
  else for (let i = 0; i < count; i++) out[i] = a[i] !== 0 ? b[i] : c[i];
}

/** Positions in a buffer of the elements of a view in row-major order, one at a time. */
export function positionsOf({ shape, strides, offset }: Pick<View, "shape" | "strides" | "offset">): () => number {
  const index = new Array<number>(shape.length).fill(0);
  let at = offset;
  return () => {
    const current = at;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis];
      if (++index[axis] < shape[axis]) break;
      at -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
    return current;
  };
}
