import { type DType, scope, type Tensor, tensor } from "@retort/tensor";
import { backward } from "../backward.js";
import { OnceDifferentiableError } from "../errors.js";
import { gradCheck } from "../grad-check.js";
import { mul } from "../ops/arithmetic.js";
import { sum } from "../ops/sum.js";
import { needsGrad, Variable } from "../variable.js";
import { assertClose, type Grid, gridOf, toStridedTensor, toTensor } from "./grid.js";

/** One call of an operation, and what it has to give. */
export interface OpSample {
  readonly name: string;
  /** The operation on variables made of `inputs`. Constants such as indices are made inside. */
  readonly call: (...inputs: Variable[]) => Variable;
  readonly inputs: readonly Grid[];
  /** The result by plain loops in float64, written independently of the operation. */
  readonly expected: (...inputs: Grid[]) => Grid;
  /** How often it can be differentiated: 0 where the inputs are not finite or no gradient exists. Default 2. */
  readonly order?: 0 | 1 | 2;
  /** Largest relative difference in float32. Default 1e-5. */
  readonly tolerance?: number;
}

/** A named check that throws when it fails. */
export interface OpCheck {
  readonly name: string;
  readonly run: () => void;
}

/**
 * The checks that every operation has to pass on its samples: the value in float64 and float32 and from strided
 * inputs; gradients of first and second order against finite differences; the float32 gradient; that the gradient is
 * the same when the walk is recorded, which for fused operations compares the twin; and that an operation which can be
 * differentiated only once says so.
 *
 *     it.each(opChecks(samples))("$name", ({ run }) => run());
 */
export function opChecks(samples: readonly OpSample[]): OpCheck[] {
  return samples.flatMap((sample) =>
    checksOf(sample).map(([what, run]) => ({ name: `${what}: ${sample.name}`, run: () => scope(run) })),
  );
}

type Layout = (x: Grid, dtype: DType) => Tensor;

function checksOf(sample: OpSample): [string, () => void][] {
  const { order = 2, tolerance = 1e-5 } = sample;
  const value = (layout: Layout, dtype: DType, bound: number) => () =>
    assertClose(evaluate(sample, layout, dtype), rounded(sample.expected(...sample.inputs), dtype), bound, "value");
  const checks: [string, () => void][] = [
    ["float64", value(toTensor, "float64", 1e-11)],
    ["float32", value(toTensor, "float32", tolerance)],
    ["strided float64", value(toStridedTensor, "float64", 1e-11)],
    ["strided float32", value(toStridedTensor, "float32", tolerance)],
  ];
  if (order === 0) return checks;
  const inputs = (): Tensor[] => sample.inputs.map((x) => toTensor(x));
  checks.push(["gradient", () => gradCheck(sample.call, inputs())]);
  checks.push(["gradient in float32", () => compareGradients(sample, toTensor, "float32", tolerance)]);
  checks.push(["gradient of strided inputs", () => compareGradients(sample, toStridedTensor, "float64", 1e-10)]);
  if (order === 1) return [...checks, ["refuses createGraph", () => refusesSecondOrder(sample)]];
  checks.push(["recorded gradient", () => compareGradients(sample, toTensor, "float64", 1e-10, true)]);
  checks.push(["second order", () => gradCheck(sample.call, inputs(), { order: 2, tolerance: 2e-6 })]);
  return checks;
}

function evaluate({ call, inputs }: OpSample, layout: Layout, dtype: DType): Tensor {
  return call(...inputs.map((x) => new Variable(layout(x, dtype), { requiresGrad: true }))).value;
}

function rounded(x: Grid, dtype: DType): Grid {
  return dtype === "float32" ? gridOf(x.values.map(Math.fround), x.shape) : x;
}

function gradients({ call, inputs }: OpSample, layout: Layout, dtype: DType, createGraph = false): Tensor[] {
  const variables = inputs.map((x) => new Variable(layout(x, dtype), { requiresGrad: true }));
  const result = call(...variables);
  const weights = Array.from({ length: result.value.size }, (_, i) => Math.cos(1 + 1.7 * i));
  const found = backward(sum(mul(result, tensor(weights, result.shape, dtype))), { createGraph });
  return variables.map((x) => found.get(x)?.value ?? tensor(new Array(x.value.size).fill(0), x.shape, dtype));
}

function compareGradients(sample: OpSample, layout: Layout, dtype: DType, bound: number, createGraph = false): void {
  const expected = gradients(sample, toTensor, "float64");
  for (const [i, found] of gradients(sample, layout, dtype, createGraph).entries()) {
    assertClose(found, gridOf(expected[i].dataSync(), expected[i].shape), bound, `gradient of input ${i}`);
  }
}

function refusesSecondOrder({ call, inputs }: OpSample): void {
  const result = sum(call(...inputs.map((x) => new Variable(toTensor(x), { requiresGrad: true }))));
  if (!needsGrad(result)) throw new Error("the result needs no gradient");
  try {
    backward(result, { createGraph: true });
  } catch (error) {
    if (error instanceof OnceDifferentiableError) return;
    throw error;
  }
  throw new Error("createGraph should have thrown an OnceDifferentiableError");
}
