import { F32x4, type FunctionBuilder, f32x4, type I32x4 } from "../wasm/index.js";
import type { Expression, Instruction } from "./expression.js";
import { exp4, log4, sigmoid4, tanh4 } from "./vector-math.js";

/** What a step leaves behind: numbers, or the mask that a comparison gives. */
type Lanes = F32x4 | I32x4;

/**
 * Emits an expression for four elements at once. Every step gives the bits of the plain twin, except multiplications
 * and additions inside of exp, log, tanh and sigmoid.
 * @param inputs variables, in the order of `expression.inputs`
 * @param parameters variables with the same number in all lanes
 */
export function emitProgram(
  f: FunctionBuilder,
  expression: Expression,
  inputs: readonly F32x4[],
  parameters: readonly F32x4[],
): F32x4 {
  const results: Lanes[] = [];
  for (const step of expression.program) {
    if (step.op === "input") results.push(inputs[step.index]);
    else if (step.op === "parameter") results.push(parameters[step.index]);
    else if (step.op === "constant") results.push(f.constant(step.value));
    else results.push(emitStep(f, step, expression, results));
  }
  return numbers(f, results[results.length - 1]);
}

function emitStep(f: FunctionBuilder, step: Instruction, { program }: Expression, results: readonly Lanes[]): Lanes {
  const lanes = step.args.map((at) => results[at]);
  const constants = step.args.map((at) => (program[at].op === "constant" ? program[at].value : Number.NaN));
  if (step.op === "select") return emitSelect(f, lanes, constants);
  const [a, b, c] = lanes.map((value) => numbers(f, value));
  switch (step.op) {
    case "exp":
      return exp4(f, a);
    case "log":
      return log4(f, a);
    case "tanh":
      return tanh4(f, a);
    case "sigmoid":
      return sigmoid4(f, a);
    case "neg":
    case "abs":
    case "sqrt":
    case "floor":
      return f.local(a[step.op]());
    case "add":
    case "sub":
    case "mul":
    case "div":
      return f.local(a[step.op](b));
    case "lt":
    case "le":
    case "eq":
    case "ne":
      return f.local(a[step.op](b));
    case "sign":
      return f.local(a.gt(f32x4.zero).select(f.constant(1), a.lt(f32x4.zero).select(f.constant(-1), a)));
    case "max":
      return f.local(Number.isNaN(constants[1]) ? a.lt(b).or(b.ne(b)).select(b, a) : a.pmax(b));
    case "min":
      return f.local(Number.isNaN(constants[1]) ? b.lt(a).or(b.ne(b)).select(b, a) : a.pmin(b));
    case "clip":
      return f.local(a.pmax(b).pmin(c));
    default:
      throw new TypeError(`no vector form of ${step.op}`);
  }
}

function emitSelect(f: FunctionBuilder, [condition, a, b]: readonly Lanes[], constants: readonly number[]): F32x4 {
  const mask = condition instanceof F32x4 ? condition.ne(f32x4.zero) : condition;
  if (Object.is(constants[2], 0)) return f.local(mask.and(numbers(f, a).asInts()).asFloats());
  return f.local(mask.select(numbers(f, a), numbers(f, b)));
}

/** A mask as ones and zeros. */
function numbers(f: FunctionBuilder, lanes: Lanes): F32x4 {
  return lanes instanceof F32x4 ? lanes : lanes.and(f.constant(1).asInts()).asFloats();
}
