import type { Shape } from "../shape.js";
import type { Kernel } from "../wasm/index.js";
import { collapse, type Loops } from "./collapse.js";
import type { Expression } from "./expression.js";
import { isHeavy, type Walk } from "./lanes.js";
import { rowsKernel } from "./simd-rows.js";
import { type TileWalk, tilesKernel } from "./simd-tiles.js";

/** Float32 elements in WebAssembly memory: the first lies at `address` (bytes), strides count elements. */
export interface StridedAddress {
  readonly address: number;
  readonly strides: Shape;
}

/** One call of `parallelFor`: a kernel, its words by name, units of work, and how many units are worth a thread. */
export interface Launch {
  readonly kernel: Kernel;
  readonly args: Readonly<Record<string, number>>;
  readonly count: number;
  readonly grain: number;
}

const rowChunk = 8192;
const cache = new Map<string, Kernel>();

/** The kernel for this key, made at first use. */
export function cachedKernel(key: string, make: () => Kernel): Kernel {
  let kernel = cache.get(key);
  if (kernel === undefined) {
    kernel = make();
    cache.set(key, kernel);
  }
  return kernel;
}

/** Elements that are worth handing to another thread. */
export function elementGrain(expression: Expression): number {
  return isHeavy(expression) ? 4096 : 16_384;
}

/**
 * The kernel calls, to be done in any order, that evaluate an expression on float32 arrays broadcast to `shape`
 * (strides of 0). Any strides will do; the output may share its memory with an input of the same layout. An element's
 * bits depend neither on its position nor on how the work is divided.
 */
export function planElementwise(
  expression: Expression,
  shape: Shape,
  inputs: readonly StridedAddress[],
  parameters: readonly number[],
  output: StridedAddress,
): Launch[] {
  if (shape.includes(0)) return [];
  const arrays = [...inputs, output];
  const loops = collapse(
    shape,
    arrays.map(({ strides }) => strides),
    output.strides,
  );
  const bases = arrays.map(({ address }) => address);
  const transposed = transposedLoops(expression, loops);
  return transposed
    ? planTiles(expression, transposed, bases, parameters)
    : [planRows(expression, loops, bases, parameters)];
}

function planRows(
  expression: Expression,
  { extents, strides }: Loops,
  bases: readonly number[],
  parameters: readonly number[],
): Launch {
  const outer = extents.length - 1;
  const length = extents[outer];
  const walks = strides.map((array, k): Walk => {
    if (array[outer] === 1) return "unit";
    return array[outer] === 0 && k < strides.length - 1 ? "repeat" : "stride";
  });
  const kernel = cachedKernel(`rows ${outer} ${walks.join()} ${expression.key}`, () =>
    rowsKernel({ expression, outer, walks }),
  );
  const chunk = length <= 2 * rowChunk ? length : rowChunk;
  const chunks = Math.ceil(length / chunk);
  const args: Record<string, number> = { length, chunk, chunks };
  addArrays(args, extents.slice(0, outer), strides, bases, parameters);
  const rows = extents.slice(0, outer).reduce((product, extent) => product * extent, 1);
  const grain = Math.max(1, Math.floor(elementGrain(expression) / chunk));
  return { kernel, args, count: rows * chunks, grain };
}

/** Writes the words of `arrayParams`, and those of `dimensionParams("outer", ...)` for the first dimensions. */
function addArrays(
  args: Record<string, number>,
  extents: readonly number[],
  strides: readonly (readonly number[])[],
  bases: readonly number[],
  parameters: readonly number[],
): void {
  addDimensions(args, "outer", extents, strides);
  addBases(
    args,
    bases,
    strides.map((array) => array[array.length - 1]),
    parameters,
  );
}

/** Writes the words of `dimensionParams`. */
export function addDimensions(
  args: Record<string, number>,
  group: string,
  extents: readonly number[],
  strides: readonly (readonly number[])[],
): void {
  extents.forEach((extent, axis) => {
    args[`${group}Extent${axis}`] = extent;
    strides.forEach((array, k) => {
      args[`${group}Stride${k}_${axis}`] = 4 * array[axis];
    });
  });
}

/** Writes the words of `arrayParams`. */
export function addBases(
  args: Record<string, number>,
  bases: readonly number[],
  steps: readonly number[],
  parameters: readonly number[],
): void {
  bases.forEach((base, k) => {
    args[`base${k}`] = base;
    args[`step${k}`] = 4 * steps[k];
  });
  parameters.forEach((value, index) => {
    args[`parameter${index}`] = value;
  });
}

/** The loops with the dimension along which an input is transposed last but one; undefined when rows are better. */
function transposedLoops(expression: Expression, { extents, strides }: Loops): Loops | undefined {
  const last = extents.length - 1;
  const output = strides[strides.length - 1];
  const used = strides.slice(0, -1).filter((_, k) => expression.uses(expression.inputs[k]));
  const leader = used.find((array) => array[last] !== 1 && array[last] !== 0);
  const axis = leader?.slice(0, last).indexOf(1) ?? -1;
  if (axis < 0 || extents[axis] < 4 || extents[last] < 4 || output[last] !== 1) return undefined;
  const order = [...extents.keys()].filter((i) => i !== axis && i !== last).concat(axis, last);
  const tiled = used.every((array) => tileWalk(array[axis], array[last]) !== undefined);
  if (!tiled) return undefined;
  return { extents: order.map((i) => extents[i]), strides: strides.map((array) => order.map((i) => array[i])) };
}

function tileWalk(line: number, step: number): TileWalk | undefined {
  if (step === 1) return "unit";
  if (step === 0) return line === 0 ? "repeat" : "column";
  return line === 1 ? "transposed" : undefined;
}

/** Tiles for all but the last one to three rows and columns, which are done row by row. */
function planTiles(
  expression: Expression,
  { extents, strides }: Loops,
  bases: readonly number[],
  parameters: readonly number[],
): Launch[] {
  const [line, last] = [extents.length - 2, extents.length - 1];
  const outer = line;
  const [lines, length] = [extents[line] & ~3, extents[last] & ~3];
  const walks = strides.map((array): TileWalk => tileWalk(array[line], array[last]) ?? "repeat");
  const kernel = cachedKernel(`tiles ${outer} ${walks.join()} ${expression.key}`, () =>
    tilesKernel({ expression, outer, walks }),
  );
  const args: Record<string, number> = { length };
  const groups = extents.slice(0, outer).concat(lines / 4);
  const grouped = strides.map((array) => array.with(line, 4 * array[line]));
  addArrays(args, groups, grouped, bases, parameters);
  strides.forEach((array, k) => {
    args[`line${k}`] = 4 * array[line];
  });
  const count = groups.reduce((product, extent) => product * extent, 1);
  const launches: Launch[] = [
    { kernel, args, count, grain: Math.max(1, Math.floor(elementGrain(expression) / (4 * length))) },
  ];
  const rest = (axis: number, from: number, limits: Shape): void => {
    if (from === extents[axis]) return;
    const starts = bases.map((base, k) => base + 4 * from * strides[k][axis]);
    launches.push(
      planRows(expression, { extents: limits.with(axis, extents[axis] - from), strides }, starts, parameters),
    );
  };
  rest(last, length, extents.with(line, lines));
  rest(line, lines, extents);
  return launches;
}
