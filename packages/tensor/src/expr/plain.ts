import type { TypedArray } from "../dtype.js";
import type { Shape } from "../shape.js";
import { collapse, forEachRow } from "./collapse.js";
import type { Expression, Instruction } from "./expression.js";
import { type Block, blockFunctions } from "./operations.js";

/** Elements of a typed array: index (i, j, ...) lies at `offset + i * strides[0] + j * strides[1] + ...`. */
export interface StridedArray {
  readonly data: TypedArray;
  readonly offset: number;
  readonly strides: Shape;
}

/** Elements that one step of a program works on before the next step follows. */
export const blockLength = 256;

/**
 * An expression made ready to run without generated code (a page's security policy may forbid that): every step works
 * on a block of up to 256 values and leaves them in a block of its own. `single` rounds every step to float32;
 * otherwise it is float64 throughout, which is also exact for integers.
 */
export class BlockProgram {
  /** Write a block of arguments here, in the order of `expression.inputs`. */
  readonly inputs: readonly Block[];
  private readonly blocks: readonly Block[];
  private readonly steps: readonly Instruction[];

  constructor(expression: Expression, parameters: readonly number[], single: boolean) {
    const block = (): Block => (single ? new Float32Array(blockLength) : new Float64Array(blockLength));
    this.inputs = expression.inputs.map(block);
    this.steps = expression.program;
    this.blocks = this.steps.map((step) => {
      if (step.op === "input") return this.inputs[step.index];
      if (step.op === "constant") return block().fill(step.value);
      return step.op === "parameter" ? block().fill(parameters[step.index]) : block();
    });
  }

  /** The results for the first `length` values of the inputs, valid until the next run. */
  run(length: number): Block {
    this.steps.forEach(({ op, args }, at) => {
      if (op === "input" || op === "constant" || op === "parameter") return;
      blockFunctions[op](this.blocks[at], length, this.blocks[args[0]], this.blocks[args[1]], this.blocks[args[2]]);
    });
    return this.blocks[this.blocks.length - 1];
  }

  /** Copies `length` values of every input, each from its own position with its own stride. */
  load(arrays: readonly TypedArray[], starts: readonly number[], strides: readonly number[], length: number): void {
    this.inputs.forEach((block, k) => {
      const data = arrays[k];
      const stride = strides[k];
      for (let i = 0, at = starts[k]; i < length; i++, at += stride) block[i] = data[at];
    });
  }
}

/** True when values of these arrays are computed in float32: one of them is, and none is float64. */
export function isSingle(...arrays: readonly TypedArray[]): boolean {
  const has = (kind: typeof Float32Array | typeof Float64Array): boolean => arrays.some((data) => data instanceof kind);
  return has(Float32Array) && !has(Float64Array);
}

/**
 * Evaluates an expression on strided arrays that have been broadcast to `shape` (strides of 0), for every dtype.
 * The output may be one of the inputs. Numbers are cut towards zero on the way to integers; `truth` stores 1 for all
 * but 0 instead.
 */
export function runPlain(
  expression: Expression,
  shape: Shape,
  inputs: readonly StridedArray[],
  parameters: readonly number[],
  output: StridedArray,
  truth = false,
): void {
  const arrays = [...inputs, output];
  const data = arrays.map((array) => array.data);
  const program = new BlockProgram(expression, parameters, isSingle(...data));
  const loops = collapse(
    shape,
    arrays.map((array) => array.strides),
    output.strides,
  );
  const length = loops.extents[loops.extents.length - 1];
  const inner = loops.strides.map((strides) => strides[strides.length - 1]);
  const step = inner[inputs.length];
  forEachRow(
    loops,
    arrays.map((array) => array.offset),
    (rowStarts) => {
      const starts = [...rowStarts];
      for (let done = 0; done < length; done += blockLength) {
        const count = Math.min(blockLength, length - done);
        program.load(data, starts, inner, count);
        const block = program.run(count);
        for (let i = 0, at = starts[inputs.length]; i < count; i++, at += step) {
          output.data[at] = truth ? Number(block[i] !== 0) : block[i];
        }
        for (let i = 0; i < starts.length; i++) starts[i] += count * inner[i];
      }
    },
  );
}
