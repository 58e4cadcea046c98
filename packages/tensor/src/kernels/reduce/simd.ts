import { addressOf } from "../../cpu/buffer.js";
import { heap } from "../../cpu/heap.js";
import { parallelFor } from "../../cpu/threads.js";
import { collapse } from "../../expr/collapse.js";
import type { Expression } from "../../expr/expression.js";
import type { Lane } from "../../expr/lanes.js";
import { identity } from "../../expr/library.js";
import { addBases, addDimensions, cachedKernel, elementGrain, type StridedAddress } from "../../expr/simd.js";
import { type Shape, sizeOf } from "../../shape.js";
import type { Fold, ReduceVariant } from "./accumulate.js";
import type { ReduceCall } from "./call.js";
import { columnBlock, reduceColumnsKernel } from "./columns.js";
import { reduceRowsKernel } from "./rows.js";

/** Elements of one block of a sum; whole reductions are folded from such blocks, in order. */
const blockElements = 16_384;
/** Longest run of rows that is added up at once in a column. */
const runRows = 512;
/** With fewer units than this, long reductions are divided into segments. */
const enoughUnits = 16;

/** Folds float32 views of any strides, four elements at a time. The result does not depend on the number of threads. */
export function simdReduce({ kind, expression, inputs, parameters, axes, output }: ReduceCall): void {
  const arrays = inputs.map((view) => ({ address: addressOf(view), strides: view.strides }));
  const kept = output.strides.map((stride, axis) => (axes.includes(axis) ? 0 : stride));
  const target = { address: addressOf(output), strides: kept };
  fold(kind, expression, inputs[0].shape, [...arrays, target], parameters);
}

/** The last of `arrays` is the output; dimensions of which it has stride 0 are reduced. */
function fold(
  kind: Fold,
  expression: Expression,
  shape: Shape,
  arrays: readonly StridedAddress[],
  parameters: readonly number[],
): void {
  const plan = new Plan(expression, shape, arrays);
  const { outputs, segments } = plan;
  const [target] = arrays.slice(-1);
  const partial = segments > 1 ? heap().alloc(4 * segments * outputs) : target.address;
  const bases = [...arrays.slice(0, -1).map(({ address }) => address), partial];
  const args = plan.args(bases, parameters);
  parallelFor(plan.kernel(kind), args, plan.units * segments, plan.grain);
  if (segments === 1) return;
  const parts = { address: partial, strides: [outputs, 1] };
  fold(kind, identity, [segments, outputs], [parts, { address: target.address, strides: [0, 1] }], []);
  heap().free(partial);
}

/** How a reduction is laid out in loops and divided. Depends on shapes and strides only. */
class Plan {
  readonly outputs: number;
  readonly segments: number;
  /** Units of work of one segment. */
  readonly units: number;
  readonly grain: number;
  private readonly expression: Expression;
  private readonly extents: readonly number[];
  private readonly strides: readonly (readonly number[])[];
  private readonly columns: boolean;
  private readonly kept: readonly number[];
  private readonly line: readonly number[];
  private readonly run: number | undefined;
  private readonly length: number;
  private readonly piece: number;
  private readonly pieces: number;
  private readonly lines: number;
  private readonly linesPerSegment: number;

  constructor(expression: Expression, shape: Shape, arrays: readonly StridedAddress[]) {
    const widest = shape.map((_, axis) =>
      Math.max(...arrays.slice(0, -1).map(({ strides }) => Math.abs(strides[axis]))),
    );
    const all = arrays.map(({ strides }) => strides);
    const { extents, strides } = collapse(shape, all, widest);
    const output = strides[strides.length - 1];
    const last = extents.length - 1;
    const isReduced = (axis: number): boolean => output[axis] === 0;
    const dimensions = [...extents.keys()];
    const reduced = dimensions.filter(isReduced);
    this.expression = expression;
    this.extents = extents;
    this.strides = strides;
    this.columns = !isReduced(last);
    this.kept = dimensions.filter((axis) => !isReduced(axis) && axis !== last);
    this.run = reduced.at(-1);
    this.line = reduced.slice(0, -1);
    const product = (axes: readonly number[]): number => sizeOf(axes.map((axis) => extents[axis]));
    this.length = this.run === undefined ? 1 : extents[this.run];
    this.piece = Math.min(this.length, this.columns ? runRows : blockElements);
    this.pieces = Math.ceil(this.length / this.piece);
    this.lines = product(this.line) * this.pieces;
    const width = this.columns ? extents[last] : 1;
    this.outputs = product(this.kept) * width;
    this.units = product(this.kept) * Math.ceil(width / columnBlock);
    const elements = product(reduced) * Math.min(width, columnBlock);
    const wanted = this.units >= enoughUnits ? 1 : Math.min(this.lines, Math.ceil(elements / blockElements));
    this.linesPerSegment = Math.ceil(this.lines / wanted);
    this.segments = Math.ceil(this.lines / this.linesPerSegment);
    this.grain = Math.max(1, Math.floor((elementGrain(expression) * this.segments) / elements));
  }

  kernel(kind: Fold): ReturnType<typeof reduceRowsKernel> {
    const last = this.extents.length - 1;
    const walks = this.strides.map((array, k): Lane["walk"] => {
      if (array[last] === 1) return "unit";
      return array[last] === 0 && k < this.strides.length - 1 ? "repeat" : "stride";
    });
    const variant: ReduceVariant = {
      kind,
      expression: this.expression,
      kept: this.kept.length,
      line: this.line.length,
      walks,
    };
    const name = this.columns ? "columns" : "rows";
    return cachedKernel(`${kind} ${name} ${variant.kept} ${variant.line} ${walks.join()} ${this.expression.key}`, () =>
      this.columns ? reduceColumnsKernel(variant) : reduceRowsKernel(variant),
    );
  }

  args(bases: readonly number[], parameters: readonly number[]): Record<string, number> {
    const { length, piece, pieces, lines, linesPerSegment, outputs, units } = this;
    const last = this.extents.length - 1;
    const args: Record<string, number> = { units, length, piece, pieces, lines, linesPerSegment, outputs };
    if (this.columns) {
      Object.assign(args, { width: this.extents[last], blocks: Math.ceil(this.extents[last] / columnBlock) });
      this.strides.slice(0, -1).forEach((array, k) => {
        args[`run${k}`] = this.run === undefined ? 0 : 4 * array[this.run];
      });
    }
    this.addGroup(args, "kept", this.kept, this.strides);
    this.addGroup(args, "line", this.line, this.strides.slice(0, -1));
    addBases(
      args,
      bases,
      this.strides.map((array) => array[last]),
      parameters,
    );
    return args;
  }

  private addGroup(
    args: Record<string, number>,
    group: string,
    axes: readonly number[],
    strides: readonly (readonly number[])[],
  ): void {
    addDimensions(
      args,
      group,
      axes.map((axis) => this.extents[axis]),
      strides.map((array) => axes.map((axis) => array[axis])),
    );
  }
}
