import {
  arrayParams,
  basePointers,
  dimensionParams,
  type Local,
  moveTo,
  splatParameters,
  type Words,
  wordsOf,
} from "../../expr/lanes.js";
import { emitProgram } from "../../expr/vector-program.js";
import {
  type F32x4,
  type FunctionBuilder,
  f32x4,
  type Int,
  i32,
  type Kernel,
  kernel,
  type Params,
  type Local as Variable,
} from "../../wasm/index.js";
import type { ReduceVariant } from "./accumulate.js";

/** A unit of a reducing kernel's range: some outputs, and one segment of the lines that are folded into them. */
export interface Unit {
  readonly f: FunctionBuilder;
  readonly variant: ReduceVariant;
  readonly words: Words;
  readonly parameters: readonly F32x4[];
  /** The first element of each input, then of the output, which is the segment's own. Bodies move them. */
  readonly pointers: readonly Local[];
  /** Its number among the units of its segment. */
  readonly index: Int;
  readonly segment: Int;
}

/**
 * A kernel that reduces by lines, which are pieces of at most `piece` elements of one dimension: a unit of the range
 * folds the lines of one segment and stores the results. `own` are the parameters of this kind of kernel alone.
 */
export function linesKernel(
  kind: "Rows" | "Columns",
  variant: ReduceVariant,
  own: Params,
  body: (unit: Unit) => void,
): Kernel {
  const arrays = variant.walks.length;
  const params = {
    units: i32,
    length: i32,
    piece: i32,
    pieces: i32,
    lines: i32,
    linesPerSegment: i32,
    outputs: i32,
    ...own,
    ...dimensionParams("kept", variant.kept, arrays),
    ...dimensionParams("line", variant.line, arrays - 1),
    ...arrayParams(variant.expression, arrays),
  };
  return kernel(`${variant.kind}${kind}`, params, (f, locals, { start, end }) => {
    const words = wordsOf(locals);
    const parameters = splatParameters(f, variant.expression, locals);
    f.forRange(start, end, (number) => {
      const segment = f.local(number.div(words.int("units")));
      const index = f.local(number.rem(words.int("units")));
      const pointers = basePointers(f, words, arrays);
      const output = pointers[arrays - 1];
      output.set(output.at(segment.mul(words.int("outputs"))));
      body({ f, variant, words, parameters, pointers, index, segment });
    });
  });
}

/** Moves all pointers of a unit to the kept dimensions' place of this number. */
export function moveToKept({ f, variant, words, pointers }: Unit, number: Int): void {
  moveTo(f, words, pointers, "kept", variant.kept, number);
}

/**
 * Emits the loop over the lines of a unit's segment. The body gets pointers of its own to where a line begins in each
 * input, and the line's length; `step` names the parameters with the bytes from one element of a line to the next.
 */
export function forEachLine(
  { f, variant, words, pointers, segment }: Unit,
  step: "step" | "run",
  body: (starts: readonly Local[], count: Variable<Int>) => void,
): void {
  const perSegment = words.int("linesPerSegment");
  const first = f.local(segment.mul(perSegment));
  f.forRange(first, first.add(perSegment).min(words.int("lines")), (line) => {
    const begin = f.local(line.rem(words.int("pieces")).mul(words.int("piece")));
    const count = f.local(words.int("length").sub(begin).min(words.int("piece")));
    const starts = pointers.slice(0, -1).map((at) => f.local(at) as Local);
    moveTo(f, words, starts, "line", variant.line, line.div(words.int("pieces")));
    starts.forEach((at, k) => {
      at.set(at.plus(begin.mul(words.int(`${step}${k}`))));
    });
    body(starts, count);
  });
}

/** Emits the values that are folded, four at once; `load` gives those of one input and is asked for inputs in use only. */
export function emitValues({ f, variant: { expression }, parameters }: Unit, load: (input: number) => F32x4): F32x4 {
  const values = expression.inputs.map((input, k) => (expression.uses(input) ? f.local(load(k)) : f32x4.zero));
  return emitProgram(f, expression, values, parameters);
}
