import { type DType, type Shape, sizeOf, type Tensor, tensor } from "@retort/tensor";
import fc, { type Arbitrary } from "fast-check";
import { gridOf, toStridedTensor } from "./grid.js";

/** Random tensors whose shape can be drawn first, so that several can be drawn of one shape. */
export interface TensorArbitrary extends Arbitrary<Tensor> {
  readonly shapes: Arbitrary<Shape>;
  /** The same kind of tensor with a given shape. */
  ofShape(shape: Shape): Arbitrary<Tensor>;
}

function tensorArbitrary(shapes: Arbitrary<Shape>, ofShape: (shape: Shape) => Arbitrary<Tensor>): TensorArbitrary {
  return Object.assign(shapes.chain(ofShape), { shapes, ofShape });
}

/** Lengths of `rank` axes, each from `length[0]` to `length[1]`. */
export function shapes({
  rank = [0, 4],
  length = [0, 5],
}: {
  readonly rank?: readonly [number, number];
  readonly length?: readonly [number, number];
} = {}): Arbitrary<Shape> {
  const axis = fc.integer({ min: length[0], max: length[1] });
  return fc.array(axis, { minLength: rank[0], maxLength: rank[1] });
}

/** Finite numbers at which implementations tend to err: zeros, the smallest and the largest of float32. */
export const finiteEdges: readonly number[] = [0, -0, 1, -1, 2 ** -149, 2 ** -126, 2 ** 127, -(2 ** 127)];

/** The same with NaN and the infinities. */
export const allEdges: readonly number[] = [...finiteEdges, Number.NaN, Infinity, -Infinity];

/** Which values random tensors have. */
export interface TensorOptions {
  /** Default: up to 4 axes of length 0 to 5. */
  readonly shape?: Shape | Arbitrary<Shape>;
  /** Default float32. */
  readonly dtype?: DType;
  /** Range of ordinary values; default -4 to 4. */
  readonly low?: number;
  readonly high?: number;
  /** Numbers mixed in; default none. See `finiteEdges` and `allEdges`. */
  readonly edges?: readonly number[];
}

/** All multiples of 1/1024 from `low` to `high`: whole numbers first, then halves, quarters and so on, small ones first. */
function simplestFirst(low: number, high: number): number[] {
  const found: number[] = [];
  for (let parts = 1; parts <= 1024; parts *= 2) {
    const [from, to] = [Math.ceil(low * parts), Math.floor(high * parts)];
    const level = Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
    const fresh = level.filter((n) => parts === 1 || n % 2 !== 0).sort((a, b) => Math.abs(a) - Math.abs(b) || b - a);
    for (const n of fresh) found.push(n / parts);
  }
  return found;
}

/** Lists by their bounds, since arbitraries are often made anew for each batch. */
const lists = new Map<string, readonly number[]>();

/** Multiples of 1/1024, which are exact in float32 and shrink to whole numbers where these fail too; every fifth an edge. */
function numbers({ low = -4, high = 4, edges = [] }: TensorOptions): Arbitrary<number> {
  const bounds = `${low} ${high}`;
  const all = lists.get(bounds) ?? simplestFirst(low, high);
  lists.set(bounds, all);
  const ordinary = fc.nat({ max: all.length - 1 }).map((i) => all[i]);
  if (edges.length === 0) return ordinary;
  return fc.oneof({ weight: 4, arbitrary: ordinary }, { weight: 1, arbitrary: fc.constantFrom(...edges) });
}

function values(element: Arbitrary<number>, shape: Shape): Arbitrary<number[]> {
  const size = sizeOf(shape);
  return fc.array(element, { minLength: size, maxLength: size });
}

function shapesOf({ shape }: TensorOptions): Arbitrary<Shape> {
  if (shape === undefined) return shapes();
  return "generate" in shape ? shape : fc.constant(shape);
}

/** Contiguous tensors. */
export function tensors(options: TensorOptions = {}): TensorArbitrary {
  const { dtype = "float32" } = options;
  const element = numbers(options);
  return tensorArbitrary(shapesOf(options), (shape) =>
    values(element, shape).map((list) => tensor(list, shape, dtype)),
  );
}

/** Tensors whose elements lie apart and out of order in memory, behind an offset. */
export function stridedTensors(options: TensorOptions = {}): TensorArbitrary {
  const { dtype = "float32" } = options;
  const element = numbers(options);
  return tensorArbitrary(shapesOf(options), (shape) =>
    values(element, shape).map((list) => toStridedTensor(gridOf(list, shape), dtype)),
  );
}

/** Scores before a softmax: [batch, steps, classes] with 1 to 3 samples and 1 to 4 steps, or of a given leading shape. */
export function logits({
  classes,
  lead = shapes({ rank: [2, 2], length: [1, 4] }),
  ...rest
}: Omit<TensorOptions, "shape"> & {
  readonly classes: number;
  readonly lead?: Shape | Arbitrary<Shape>;
}): TensorArbitrary {
  const leading = shapesOf({ shape: lead });
  return tensors({ ...rest, shape: leading.map((shape) => [...shape, classes]) });
}

/** Probability maps [N, 1, H, W]: values from 0 to 1, both included. `open` leaves out what is within 1/64 of the ends. */
export function probabilityMaps({
  shape = fc.tuple(
    fc.integer({ min: 1, max: 2 }),
    fc.constant(1),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 4 }),
  ),
  open = false,
}: {
  readonly shape?: Shape | Arbitrary<Shape>;
  readonly open?: boolean;
} = {}): TensorArbitrary {
  return open
    ? tensors({ shape, low: 1 / 64, high: 63 / 64 })
    : tensors({ shape, low: 0, high: 1, edges: [0, 1, 2 ** -24, 1 - 2 ** -24] });
}

/** Which whole numbers random int32 tensors have. */
export interface IntegerOptions {
  /** Default: up to 4 axes of length 0 to 5. */
  readonly shape?: Shape | Arbitrary<Shape>;
  readonly low: number;
  readonly high: number;
}

/** Whole numbers from `low` to `high`, int32: labels of classes, masks. */
export function integers({ shape, low, high }: IntegerOptions): TensorArbitrary {
  return tensorArbitrary(shapesOf({ shape }), (known) => {
    const size = sizeOf(known);
    const list = fc.array(fc.integer({ min: low, max: high }), { minLength: size, maxLength: size });
    return list.map((numbers) => tensor(numbers, known, "int32"));
  });
}

/** Targets and masks of maps: int32, each element 0 or 1. Default shape: up to 4 axes of length 0 to 5. */
export function binaryMaps({ shape }: { readonly shape?: Shape | Arbitrary<Shape> } = {}): TensorArbitrary {
  return integers({ shape, low: 0, high: 1 });
}

/** What label sequences are drawn. */
export interface LabelOptions {
  readonly batch: number;
  readonly classes: number;
  readonly maxLength: number;
  /** Default 0. */
  readonly minLength?: number;
  /** Only what CTC can align in so many steps: one for each label, and one for the blank between two that are equal. */
  readonly steps?: number;
}

/**
 * Label sequences as sequence losses take them: int32 labels [batch, maxLength] from 1 to `classes` - 1 (0 is the
 * blank), 0 behind the end, and int32 lengths [batch].
 */
export function labelSequences({
  batch,
  classes,
  maxLength,
  minLength = 0,
  steps = Number.POSITIVE_INFINITY,
}: LabelOptions): Arbitrary<[labels: Tensor, lengths: Tensor]> {
  const sequence = fc
    .array(fc.integer({ min: 1, max: classes - 1 }), { minLength, maxLength })
    .filter((labels) => labels.length + labels.filter((label, i) => label === labels[i - 1]).length <= steps);
  return fc.array(sequence, { minLength: batch, maxLength: batch }).map((list) => {
    const padded = list.flatMap((labels) => [...labels, ...new Array<number>(maxLength - labels.length).fill(0)]);
    const lengths = list.map((labels) => labels.length);
    return [tensor(padded, [batch, maxLength], "int32"), tensor(lengths, [batch], "int32")];
  });
}

/**
 * Inputs of a loss that belong to one batch of 1 to 3 samples. `inputs` says what a batch of a given size is made of;
 * labels and their lengths count as two inputs.
 *
 *     batches((n) => [logits({ classes: 5, lead: [n, 4] }), labelSequences({ batch: n, classes: 5, maxLength: 3 })])
 */
export function batches(
  inputs: (batch: number) => readonly Arbitrary<Tensor | readonly Tensor[]>[],
): Arbitrary<Tensor[]> {
  return fc
    .integer({ min: 1, max: 3 })
    .chain((batch) => fc.tuple(...inputs(batch)))
    .map((list) => list.flat() as Tensor[]);
}

/** Two tensors of one shape. */
export function pairOf(kind: TensorArbitrary): Arbitrary<[Tensor, Tensor]> {
  return kind.shapes.chain((shape) => fc.tuple(kind.ofShape(shape), kind.ofShape(shape)));
}
