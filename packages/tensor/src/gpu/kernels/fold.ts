import { collapse, type Loops } from "../../expr/collapse.js";
import type { Expression } from "../../expr/expression.js";
import { identity } from "../../expr/library.js";
import { broadcastShapes, broadcastStrides, rowMajorStrides, type Shape, sizeOf } from "../../shape.js";
import { type ArrayView, reshaped, wholeView } from "../array-view.js";
import type { Arrays } from "../arrays.js";
import { expressionNumbers, expressionSource } from "../expression-source.js";
import type { KernelSource } from "../gpu-js.js";
import { divide, numbered, unravel } from "../source.js";

/** How values are folded. */
export type FoldKind = "sum" | "max" | "min";

const steps: { readonly [K in FoldKind]: { readonly start: string; readonly step: (value: string) => string } } = {
  sum: { start: "0", step: (value) => `total + ${value}` },
  max: { start: "-infinity", step: (value) => `(total < ${value} || ${value} !== ${value}) ? ${value} : total` },
  min: { start: "infinity", step: (value) => `(${value} < total || ${value} !== ${value}) ? ${value} : total` },
};

const sources = new Map<string, KernelSource>();

/** One thread a chunk of the elements that go into one result. */
function foldSource(kind: FoldKind, expression: Expression, kept: number, folded: number): KernelSource {
  const name = `fold ${kind} ${kept} ${folded} ${expression.key}`;
  const known = sources.get(name);
  if (known !== undefined) return known;
  const inputs = expression.inputs.map((_, k) => k);
  const { statements, result, numbers } = expressionSource(
    expression,
    inputs.map((k) => `value${k}`),
  );
  const position = (at: string, stride: string, rank: number): string =>
    numbered(at, rank)
      .map((index, axis) => `${index} * ${stride}${axis}`)
      .join(" + ");
  const { start, step } = steps[kind];
  const source: KernelSource = {
    name,
    arrays: numbered("input", inputs.length),
    integers: [
      "chunks",
      "chunkLength",
      "count",
      ...numbered("extent", kept),
      ...numbered("foldedExtent", folded),
      ...inputs.flatMap((k) => [
        `offset${k}`,
        ...numbered(`stride${k}_`, kept),
        ...numbered(`foldedStride${k}_`, folded),
      ]),
    ],
    numbers,
    body: `${divide("this.thread.x", "chunks", "output", "chunk")}
    ${unravel("output", "at", numbered("extent", kept))}
    ${inputs.map((k) => `const start${k} = offset${k} + ${position("at", `stride${k}_`, kept)};`).join("\n    ")}
    let total = ${start};
    for (let i = 0; i < chunkLength; i++) {
      const element = chunk * chunkLength + i;
      if (element < count) {
        ${unravel("element", "folded", numbered("foldedExtent", folded))}
        ${inputs.map((k) => `const value${k} = input${k}[start${k} + ${position("folded", `foldedStride${k}_`, folded)}];`).join("\n        ")}
        ${statements}
        total = ${step(result)};
      }
    }
    return total;`,
  };
  sources.set(name, source);
  return source;
}

/** Elements that one thread folds if there are few results; as many chunks as that are left for the second stage. */
function chunkLengthOf(results: number, count: number): number {
  if (results >= 4096 || count <= 256) return Math.max(1, count);
  return Math.max(64, Math.ceil(Math.sqrt(count)));
}

/**
 * Folds an expression of views, broadcast against each other, over some axes, which stay with length 1. Where there are few
 * results and much to fold, in two stages: chunks first, then the results of the chunks.
 */
export function fold(
  arrays: Arrays,
  kind: FoldKind,
  expression: Expression,
  inputs: readonly ArrayView[],
  axes: readonly number[],
  parameters: readonly number[] = [],
  shape: Shape = broadcastShapes(...inputs.map((view) => view.shape)),
): ArrayView {
  const strides = inputs.map((view) => broadcastStrides(view.shape, view.strides, shape));
  const loops = (chosen: boolean): Loops => {
    const pick = (lengths: Shape): number[] => lengths.filter((_, axis) => axes.includes(axis) === chosen);
    return collapse(pick(shape), strides.map(pick), rowMajorStrides(pick(shape)));
  };
  const [kept, folded] = [loops(false), loops(true)];
  const keptShape = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const [results, count] = [sizeOf(keptShape), sizeOf(shape.filter((_, axis) => axes.includes(axis)))];
  const chunkLength = chunkLengthOf(results, count);
  const chunks = Math.max(1, Math.ceil(count / chunkLength));
  const output = arrays.launch(
    foldSource(kind, expression, kept.extents.length, folded.extents.length),
    results * chunks,
    inputs.map((view) => view.array),
    [
      chunks,
      chunkLength,
      count,
      ...kept.extents,
      ...folded.extents,
      ...inputs.flatMap((view, k) => [view.offset, ...kept.strides[k], ...folded.strides[k]]),
    ],
    expressionNumbers(expression, parameters),
  );
  if (chunks === 1) return wholeView(output, keptShape);
  const parts = wholeView(output, [results, chunks]);
  const result = fold(arrays, kind, identity, [parts], [1]);
  output.release();
  return reshaped(result, keptShape);
}
