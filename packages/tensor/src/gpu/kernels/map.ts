import { collapse } from "../../expr/collapse.js";
import type { Expression } from "../../expr/expression.js";
import { broadcastShapes, broadcastStrides, rowMajorStrides, type Shape, sizeOf } from "../../shape.js";
import { type ArrayView, wholeView } from "../array-view.js";
import type { Arrays } from "../arrays.js";
import { expressionNumbers, expressionSource } from "../expression-source.js";
import type { KernelSource } from "../gpu-js.js";
import { numbered, unravel } from "../source.js";

const sources = new Map<string, KernelSource>();

/** One thread an element: its position in every input, the values there, the expression. */
function mapSource(expression: Expression, rank: number): KernelSource {
  const name = `map ${rank} ${expression.key}`;
  const known = sources.get(name);
  if (known !== undefined) return known;
  const inputs = expression.inputs.map((_, k) => k);
  const { statements, result, numbers } = expressionSource(
    expression,
    inputs.map((k) => `value${k}`),
  );
  const reads = inputs.map((k) => {
    const steps = numbered("at", rank).map((at, axis) => `${at} * stride${k}_${axis}`);
    return `const value${k} = input${k}[offset${k} + ${steps.join(" + ")}];`;
  });
  const source: KernelSource = {
    name,
    arrays: numbered("input", inputs.length),
    integers: [...numbered("extent", rank), ...inputs.flatMap((k) => [`offset${k}`, ...numbered(`stride${k}_`, rank)])],
    numbers,
    body: `${unravel("this.thread.x", "at", numbered("extent", rank))}
    ${reads.join("\n    ")}
    ${statements}
    return ${result};`,
  };
  sources.set(name, source);
  return source;
}

/** Evaluates an expression on views broadcast against each other, or to `shape`. */
export function map(
  arrays: Arrays,
  expression: Expression,
  inputs: readonly ArrayView[],
  parameters: readonly number[] = [],
  shape: Shape = broadcastShapes(...inputs.map((view) => view.shape)),
): ArrayView {
  const { extents, strides } = collapse(
    shape,
    inputs.map((view) => broadcastStrides(view.shape, view.strides, shape)),
    rowMajorStrides(shape),
  );
  const output = arrays.launch(
    mapSource(expression, extents.length),
    sizeOf(shape),
    inputs.map((view) => view.array),
    [...extents, ...inputs.flatMap((view, k) => [view.offset, ...strides[k]])],
    expressionNumbers(expression, parameters),
  );
  return wholeView(output, shape);
}
