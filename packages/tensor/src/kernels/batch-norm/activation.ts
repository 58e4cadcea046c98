import type { Expression } from "../../expr/expression.js";
import { emitProgram } from "../../expr/vector-program.js";
import {
  type F32x4,
  type Float,
  type FunctionBuilder,
  f32,
  f32x4,
  type Kernel,
  type Params,
} from "../../wasm/index.js";
import type { Activation } from "./call.js";

/** Words for the parameters of an activation. */
export function activationParams(expression: Expression | undefined): Params {
  return Object.fromEntries((expression?.parameters ?? []).map((_, i) => [`parameter${i}`, f32]));
}

/** The values for them. */
export function activationArguments(activation: Activation | undefined): Record<string, number> {
  return Object.fromEntries((activation?.parameters ?? []).map((value, i) => [`parameter${i}`, value]));
}

/** Emits the activation, or its derivative times a gradient, on four values. */
export type Epilogue = (f: FunctionBuilder, ...values: F32x4[]) => F32x4;

/** The activation with its parameters in variables; without an expression the last value is left as it is. */
export function epilogue(f: FunctionBuilder, expression: Expression | undefined, locals: object): Epilogue {
  if (expression === undefined) return (_, ...values) => values[values.length - 1];
  const words = locals as Readonly<Record<string, Float>>;
  const parameters = expression.parameters.map((_, i) => f.local(f32x4.splat(words[`parameter${i}`])));
  return (builder, ...values) => emitProgram(builder, expression, values, parameters);
}

/** Kernels by activation, each made when it is first needed. */
export function perActivation(
  make: (expression: Expression | undefined) => Kernel,
): (activation: Activation | undefined) => Kernel {
  const made = new Map<string, Kernel>();
  return (activation) => {
    const key = activation?.expression.key ?? "";
    const known = made.get(key) ?? make(activation?.expression);
    made.set(key, known);
    return known;
  };
}
