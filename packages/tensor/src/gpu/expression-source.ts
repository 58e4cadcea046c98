import type { Expression, Instruction } from "../expr/expression.js";
import type { FunctionOp } from "../expr/operations.js";

/** How a kernel computes an operation, as `blockFunctions` defines it, but in float32. `infinity` is a scalar. */
const operations: { readonly [K in FunctionOp]: (a: string, b: string, c: string) => string } = {
  neg: (a) => `-${a}`,
  abs: (a) => `Math.abs(${a})`,
  exp: (a) => `Math.exp(${a})`,
  // Devices differ in what they give for 0.
  log: (a) => `${a} === 0 ? -infinity : Math.log(${a})`,
  sqrt: (a) => `Math.sqrt(${a})`,
  // Some devices divide two infinite exponentials. In float32 the result is 1 long before.
  tanh: (a) => `${a} > 15 ? 1 : (${a} < -15 ? -1 : Math.tanh(${a}))`,
  sigmoid: (a) => `${a} < 0 ? Math.exp(${a}) / (1 + Math.exp(${a})) : 1 / (1 + Math.exp(-${a}))`,
  floor: (a) => `Math.floor(${a})`,
  sign: (a) => `${a} > 0 ? 1 : (${a} < 0 ? -1 : ${a})`,
  add: (a, b) => `${a} + ${b}`,
  sub: (a, b) => `${a} - ${b}`,
  mul: (a, b) => `${a} * ${b}`,
  div: (a, b) => `${a} / ${b}`,
  max: (a, b) => `(${a} < ${b} || ${b} !== ${b}) ? ${b} : ${a}`,
  min: (a, b) => `(${b} < ${a} || ${b} !== ${b}) ? ${b} : ${a}`,
  lt: (a, b) => `${a} < ${b} ? 1 : 0`,
  le: (a, b) => `${a} <= ${b} ? 1 : 0`,
  eq: (a, b) => `${a} === ${b} ? 1 : 0`,
  ne: (a, b) => `${a} !== ${b} ? 1 : 0`,
  select: (a, b, c) => `${a} !== 0 ? ${b} : ${c}`,
  clip: (a, b, c) => `(${a} < ${b} ? ${b} : ${a}) > ${c} ? ${c} : (${a} < ${b} ? ${b} : ${a})`,
};

/** An expression as statements of a kernel. */
export interface ExpressionSource {
  /** Statements that declare the steps, where `inputs` are the values of the expression's inputs. */
  readonly statements: string;
  /** The name of the result. */
  readonly result: string;
  /** Names of the float32 scalars that the statements read. */
  readonly numbers: readonly string[];
}

/** The source of an expression. Constants are scalars too, since not every device reads every literal. */
export function expressionSource(expression: Expression, inputs: readonly string[]): ExpressionSource {
  const names: string[] = [];
  const statements: string[] = [];
  const nameOf = (step: Instruction, at: number): string => {
    if (step.op === "input") return inputs[step.index];
    if (step.op === "parameter") return `parameter${step.index}`;
    if (step.op === "constant") return `constant${at}`;
    const [a, b, c] = step.args.map((arg) => names[arg]);
    statements.push(`const step${at} = ${operations[step.op](a, b, c)};`);
    return `step${at}`;
  };
  for (const [at, step] of expression.program.entries()) names.push(nameOf(step, at));
  const constants = constantsOf(expression).map(([at]) => `constant${at}`);
  const parameters = expression.parameters.map((_, i) => `parameter${i}`);
  return {
    statements: statements.join("\n    "),
    result: names[names.length - 1],
    numbers: ["infinity", ...parameters, ...constants],
  };
}

/** The values of the scalars that the source of an expression names. */
export function expressionNumbers(expression: Expression, parameters: readonly number[]): number[] {
  return [Number.POSITIVE_INFINITY, ...parameters, ...constantsOf(expression).map(([, value]) => value)];
}

function constantsOf({ program }: Expression): (readonly [at: number, value: number])[] {
  return program.flatMap((step, at) => (step.op === "constant" ? [[at, step.value] as const] : []));
}
