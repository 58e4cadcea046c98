import type { DType } from "../../dtype.js";
import { Expression, expression } from "../../expr/expression.js";
import { select, type Term } from "../../expr/term.js";
import type { ElementwiseCall } from "../../kernels/elementwise/call.js";
import type { FillCall } from "../../kernels/fill/call.js";
import type { ReduceCall } from "../../kernels/reduce/call.js";
import { sizeOf } from "../../shape.js";
import type { Kernel } from "../scratch.js";

const conversions: { readonly [K in DType]?: (x: Term) => Term } = {
  int32: (x) => select(x.lt(0), x.neg().floor().neg(), x.floor()),
  bool: (x) => x.ne(0),
};

const converted = new WeakMap<Expression, Map<DType, Expression>>();

/** The expression with its result cut or compared as `dtype` asks for. */
function convert(original: Expression, dtype: DType): Expression {
  const conversion = conversions[dtype];
  if (conversion === undefined) return original;
  const known = converted.get(original) ?? new Map<DType, Expression>();
  converted.set(original, known);
  const result = known.get(dtype) ?? new Expression(original.inputs, original.parameters, conversion(original.root));
  known.set(dtype, result);
  return result;
}

/** Whether integers are computed from integers, which may need more digits than float32 has. */
function isWholeArithmetic({ expression: { program }, inputs, output }: ElementwiseCall): boolean {
  const integers = [output, ...inputs].every(({ dtype }) => dtype === "int32" || dtype === "uint8" || dtype === "bool");
  return integers && output.dtype === "int32" && program.length > 1;
}

/** Any expression. */
export const elementwise: Kernel<ElementwiseCall> = (scratch, call) => {
  const { inputs, parameters, output } = call;
  if (isWholeArithmetic(call)) return false;
  const views = inputs.map((view) => scratch.input(view));
  return scratch.output(output, scratch.map(convert(call.expression, output.dtype), views, parameters, output.shape));
};

const constant = expression((_, { value }) => value);

/** Fewer elements are filled on the host, which costs no kernel if only the host reads them. */
const hostFilled = 4096;

/** One value everywhere. */
export const fill: Kernel<FillCall> = (scratch, { value, output }) => {
  const number = output.dtype === "int32" ? Math.trunc(value) : value;
  if (sizeOf(output.shape) > hostFilled)
    return scratch.output(output, scratch.map(constant, [], [number], output.shape));
  return scratch.output(output, scratch.host(new Float32Array(sizeOf(output.shape)).fill(number), output.shape));
};

/** Folds an expression over some axes. */
export const reduce: Kernel<ReduceCall> = (scratch, call) => {
  const { kind, inputs, parameters, axes, output } = call;
  const counted = inputs.every(({ dtype }) => dtype === "bool") && call.expression.program.length === 1;
  if (output.dtype === "int32" && kind === "sum" && !counted) return false;
  const views = inputs.map((view) => scratch.input(view));
  return scratch.output(output, scratch.fold(kind, convert(call.expression, output.dtype), views, axes, parameters));
};
