import {
  type F32x4,
  type FunctionBuilder,
  f32x4,
  type Int,
  i32,
  type Kernel,
  kernel,
  type Params,
  type Pointer,
} from "../wasm/index.js";
import type { Expression } from "./expression.js";
import {
  arrayParams,
  basePointers,
  dimensionParams,
  type Local,
  moveTo,
  splatParameters,
  type Words,
  wordsOf,
} from "./lanes.js";
import { emitProgram } from "./vector-program.js";

/**
 * How an array lies in the two innermost dimensions: neighbours along the last one, along the one before (transposed),
 * or only one element for each index of the one before or for the whole tile.
 */
export type TileWalk = "unit" | "transposed" | "column" | "repeat";

/** What a kernel is made for. */
export interface TilesVariant {
  readonly expression: Expression;
  /** Dimensions outside of the two innermost ones. */
  readonly outer: number;
  /** One for each input, then one for the output. */
  readonly walks: readonly TileWalk[];
}

/** The words that a kernel of this variant is called with. Strides are in bytes; dimensions are multiples of four. */
function tilesParams({ expression, outer, walks }: TilesVariant): Params {
  const lines = Object.fromEntries(walks.map((_, array) => [`line${array}`, i32]));
  return {
    length: i32,
    ...dimensionParams("outer", outer + 1, walks.length),
    ...arrayParams(expression, walks.length),
    ...lines,
  };
}

/**
 * A kernel for arrays of which some are transposed against the output: one unit of the range is four output rows, done
 * in tiles of 4 x 4 that are transposed in registers. The last of the outer dimensions counts groups of four rows.
 */
export function tilesKernel(variant: TilesVariant): Kernel {
  return kernel("elementwiseTransposed", tilesParams(variant), (f, locals, { start, end }) => {
    const words = wordsOf(locals);
    const parameters = splatParameters(f, variant.expression, locals);
    f.forRange(start, end, (unit) => {
      const arrays = basePointers(f, words, variant.walks.length);
      moveTo(f, words, arrays, "outer", variant.outer + 1, unit);
      const left = f.local(words.int("length"));
      f.while(left.gt(0), () => {
        emitTile(f, variant, words, parameters, arrays);
        left.set(left.sub(4));
      });
    });
  });
}

function emitTile(
  f: FunctionBuilder,
  { expression, walks }: TilesVariant,
  words: Words,
  parameters: readonly F32x4[],
  arrays: readonly Local[],
): void {
  const output = arrays.length - 1;
  const tiles = arrays.slice(0, output).map((at, k) => {
    if (!expression.uses(expression.inputs[k])) return [f32x4.zero, f32x4.zero, f32x4.zero, f32x4.zero];
    return loadTile(f, walks[k], at, words.int(`line${k}`), words.int(`step${k}`));
  });
  for (let row = 0; row < 4; row++) {
    const values = tiles.map((tile) => tile[row]);
    const target = line(arrays[output], words.int(`line${output}`), row);
    f.store(target, emitProgram(f, expression, values, parameters));
  }
  arrays.forEach((at, k) => {
    if (walks[k] === "unit") at.set(at.at(4));
    else if (walks[k] === "transposed") at.set(at.plus(words.int(`step${k}`).mul(4)));
  });
}

function line(at: Pointer, stride: Int, index: number): Pointer {
  return index === 0 ? at : at.plus(stride.mul(index));
}

/** The four rows of a tile. */
function loadTile(f: FunctionBuilder, walk: TileWalk, at: Pointer, rowStride: Int, step: Int): F32x4[] {
  switch (walk) {
    case "unit":
      return [0, 1, 2, 3].map((i) => f.local(line(at, rowStride, i).load4()));
    case "column":
      return [0, 1, 2, 3].map((i) => f.local(line(at, rowStride, i).splat()));
    case "repeat": {
      const value = f.local(at.splat());
      return [value, value, value, value];
    }
    case "transposed":
      return transpose(
        f,
        [0, 1, 2, 3].map((i) => f.local(line(at, step, i).load4())),
      );
  }
}

/** Rows as columns. */
function transpose(f: FunctionBuilder, [a, b, c, d]: readonly F32x4[]): F32x4[] {
  const low = [f.local(f32x4.shuffle(a, b, [0, 4, 1, 5])), f.local(f32x4.shuffle(c, d, [0, 4, 1, 5]))] as const;
  const high = [f.local(f32x4.shuffle(a, b, [2, 6, 3, 7])), f.local(f32x4.shuffle(c, d, [2, 6, 3, 7]))] as const;
  return [low, high].flatMap(([left, right]) => [
    f.local(f32x4.shuffle(left, right, [0, 1, 4, 5])),
    f.local(f32x4.shuffle(left, right, [2, 3, 6, 7])),
  ]);
}
