import { cast, formatShape, isFloating, type Shape, scope, sizeOf, type Tensor, tensor } from "@retort/tensor";
import { backward } from "./backward.js";
import { GradCheckError } from "./errors.js";
import { add, mul } from "./ops/arithmetic.js";
import { sum } from "./ops/sum.js";
import { needsGrad, Variable } from "./variable.js";

/** How gradients are held against finite differences. */
export interface GradCheckOptions {
  /** 1 checks gradients; 2 also gradients of gradients, through `createGraph`. Default 1. */
  readonly order?: 1 | 2;
  /** Step of the central differences at x, as a multiple of max(1, |x|). Default 1e-5. */
  readonly step?: number;
  /** Largest difference that passes, as a multiple of max(1, |gradient|). Default 1e-6. */
  readonly tolerance?: number;
  /**
   * Compares the slopes along so many fixed directions, in which all elements move at once, instead of the derivative of
   * each element. A direction costs as much as an element. Default: element by element.
   */
  readonly directions?: number;
}

type Differentiable = (...inputs: Variable[]) => Variable;

/** Two ways to the same function: `recorded` is differentiated by `backward`, `measured` only evaluated. */
interface Subject {
  readonly name: string;
  readonly recorded: Differentiable;
  readonly measured: Differentiable;
}

/**
 * Holds the gradients of `fn` against central finite differences, both in float64. Floating inputs are converted and
 * differentiated, others are handed on as constants. A result with several elements is summed with fixed weights.
 * `fn` must be smooth around the inputs and give the same result each time (draw masks inside `withRandom`).
 * The second order differentiates the gradient along a fixed direction, so that it costs no more than the first.
 * @throws GradCheckError naming the worst element
 */
export function gradCheck(fn: Differentiable, inputs: readonly Tensor[], options: GradCheckOptions = {}): void {
  scope(() => {
    const exact = inputs.map((x) => (isFloating(x.dtype) ? cast(x, "float64") : x));
    const scalar: Differentiable = (...variables) => weighted(fn(...variables));
    const compare = options.directions === undefined ? compareElements : compareSlopes;
    compare({ name: "gradient", recorded: scalar, measured: scalar }, exact, options);
    if (options.order !== 2) return;
    const second = {
      name: "second-order gradient",
      recorded: slope(scalar, true),
      measured: slope(scalar, false),
    };
    compare(second, exact, options);
  });
}

/** Fixed numbers without symmetry, so that no wrong element hides behind another. */
function weights(shape: Shape, phase: number): Tensor {
  const values = Float64Array.from({ length: sizeOf(shape) }, (_, i) => Math.cos(1 + phase + 2.3 * i));
  return tensor(values, shape);
}

function weighted(result: Variable, phase = 0): Variable {
  return sum(mul(result, weights(result.shape, phase)));
}

/** The derivative of `fn` along a fixed direction, as a function of the same inputs. */
function slope(fn: Differentiable, createGraph: boolean): Differentiable {
  return (...inputs) => {
    const value = fn(...inputs);
    let total = new Variable(tensor(new Float64Array(1), []));
    if (!needsGrad(value)) return total;
    const gradients = backward(value, { createGraph });
    for (const [i, input] of inputs.entries()) {
      const gradient = gradients.get(input);
      if (gradient !== undefined) total = add(total, weighted(gradient, i + 1));
    }
    return total;
  };
}

function leaves(inputs: readonly Tensor[]): Variable[] {
  return inputs.map((x) => new Variable(x, { requiresGrad: isFloating(x.dtype) }));
}

function gradientsOf(fn: Differentiable, inputs: readonly Tensor[]): Float64Array[] {
  const variables = leaves(inputs);
  const value = fn(...variables);
  const gradients = needsGrad(value) ? backward(value) : undefined;
  return variables.map((x) => {
    const found = gradients?.get(x);
    return found === undefined ? new Float64Array(sizeOf(x.shape)) : Float64Array.from(found.value.dataSync());
  });
}

/** The central difference of `fn` at one element of one input. */
function difference(fn: Differentiable, inputs: readonly Tensor[], input: number, at: number, step: number): number {
  const values = Float64Array.from(inputs[input].dataSync());
  const centre = values[at];
  const evaluate = (value: number): number =>
    scope(() => {
      values[at] = value;
      return fn(...leaves(inputs.with(input, tensor(values, inputs[input].shape)))).item();
    });
  const [above, below] = [centre + step * Math.max(1, Math.abs(centre)), centre - step * Math.max(1, Math.abs(centre))];
  return (evaluate(above) - evaluate(below)) / (above - below);
}

function compareElements(subject: Subject, inputs: readonly Tensor[], options: GradCheckOptions): void {
  const { name, recorded, measured } = subject;
  const { step = 1e-5, tolerance = 1e-6 } = options;
  const analytic = scope(() => gradientsOf(recorded, inputs));
  let worst = { text: "", deviation: 0 };
  let [wrong, count] = [0, 0];
  for (const [i, input] of inputs.entries()) {
    if (!isFloating(input.dtype)) continue;
    for (let at = 0; at < input.size; at++, count++) {
      const [found, expected] = [analytic[i][at], difference(measured, inputs, i, at, step)];
      const deviation = deviationOf(found, expected);
      if (deviation <= tolerance) continue;
      wrong++;
      const text = `input ${i}, element ${formatShape(indexOf(at, input.shape))}: backward gives ${found}, finite differences give ${expected}`;
      if (deviation > worst.deviation) worst = { text, deviation };
    }
  }
  if (wrong > 0) throw new GradCheckError(`${name}: ${wrong} of ${count} elements differ, worst ${worst.text}`);
}

function deviationOf(found: number, expected: number, size = 0): number {
  const gap = Math.abs(found - expected) / Math.max(1, size, Math.abs(expected));
  return Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap;
}

/** Numbers of the size of max(1, |x|) for each element of each floating input; another `phase` gives others. */
function directionOf(inputs: readonly Tensor[], phase: number): Float64Array[] {
  let place = 0;
  return inputs.map((x) =>
    isFloating(x.dtype)
      ? Float64Array.from(x.dataSync(), (value) => Math.max(1, Math.abs(value)) * Math.cos(1 + phase + 2.3 * place++))
      : new Float64Array(0),
  );
}

function compareSlopes(
  { name, recorded, measured }: Subject,
  inputs: readonly Tensor[],
  options: GradCheckOptions,
): void {
  const { step = 1e-5, tolerance = 1e-6, directions = 1 } = options;
  const analytic = scope(() => gradientsOf(recorded, inputs));
  for (let phase = 0; phase < directions; phase++) {
    const direction = directionOf(inputs, phase);
    const at = (factor: number): number =>
      scope(() => {
        const moved = inputs.map((x, i) => (isFloating(x.dtype) ? movedBy(x, direction[i], factor) : x));
        return measured(...leaves(moved)).item();
      });
    const slopes = direction.flatMap((way, i) => Array.from(way, (d, j) => d * analytic[i][j]));
    const found = slopes.reduce((a, b) => a + b, 0);
    const expected = (at(step) - at(-step)) / (2 * step);
    // Slopes of opposite signs may cancel, their errors do not.
    if (deviationOf(found, expected, Math.hypot(...slopes)) <= tolerance) continue;
    const where = `along direction ${phase} of ${directions}`;
    throw new GradCheckError(`${name} ${where}: backward gives ${found}, finite differences give ${expected}`);
  }
}

function movedBy(x: Tensor, direction: Float64Array, factor: number): Tensor {
  const values = x.dataSync();
  return tensor(
    direction.map((d, i) => values[i] + factor * d),
    x.shape,
  );
}

function indexOf(position: number, shape: Shape): number[] {
  let rest = position;
  return shape
    .toReversed()
    .map((length) => {
      const at = rest % length;
      rest = Math.floor(rest / length);
      return at;
    })
    .reverse();
}
