import { parallelFor } from "../../../cpu/threads.js";
import { withFloats } from "../../../cpu/with-floats.js";
import { simdGemm } from "../../gemm/simd.js";
import type { ConvShape } from "../geometry.js";
import {
  gradSpectra,
  inputSpectra,
  spectraToTiles,
  spectraToWeights,
  type TilesToSpectra,
  weightSpectra,
} from "./spectra.js";
import { FREQUENCIES, TILE } from "./tiles.js";

// A convolution whose kernel is large is a product of spectra: tiles of 16 by 16 are transformed, their numbers at each
// frequency are multiplied as matrices over channels, and of every tile transformed back those pixels count that the
// kernel did not reach around its edges. Source: overlap-save, with real and imaginary parts as in Mathieu et al. 2014
// (Fast Training of Convolutional Networks through FFTs).

/** Floats of kernels' spectra that may be in memory. */
const KERNEL_FLOATS = 1 << 24;
/** Floats of tiles' spectra that are in memory at once. */
const CHUNK_FLOATS = 1 << 23;
/** Multiply-adds that transforming a tile, or a kernel, takes as long as. */
const TRANSFORM_COST = 12_000;

/** Rows and columns of the output that a tile gives. */
const stepsOf = (s: ConvShape): { stepY: number; stepX: number } => ({
  stepY: TILE - s.kernelHeight + 1,
  stepX: TILE - s.kernelWidth + 1,
});

/** Tiles of all images that give an output of this height and width. */
function tilesOf(s: ConvShape, height: number, width: number) {
  const { stepY, stepX } = stepsOf(s);
  const [tilesY, tilesX] = [Math.ceil(height / stepY), Math.ceil(width / stepX)];
  return { tilesY, tilesX, tiles: s.images * tilesY * tilesX };
}

/** True where spectra take less than two thirds of the multiply-adds, transforms included, and fit into memory. */
export function suitsFft(s: ConvShape): boolean {
  const { channels, outChannels } = s;
  const plain = s.groups === 1 && [...s.stride, ...s.dilation].every((step) => step === 1);
  const fours = channels % 4 === 0 && outChannels % 4 === 0;
  if (!plain || !fours || Math.max(s.kernelHeight, s.kernelWidth) > TILE / 2 + 1) return false;
  const pairs = channels * outChannels;
  if (4 * FREQUENCIES * pairs > KERNEL_FLOATS) return false;
  const { tiles } = tilesOf(s, s.outHeight, s.outWidth);
  const direct = pairs * s.kernelHeight * s.kernelWidth * s.images * s.outHeight * s.outWidth;
  const transforms = TRANSFORM_COST * ((channels + outChannels) * tiles + pairs);
  return 1.5 * (4 * FREQUENCIES * pairs * tiles + transforms) < direct;
}

/**
 * Floats from one frequency to the next, which hold `floats`. A tile is written to all frequencies in turn; a cache line
 * between them keeps the places from falling together in the cache.
 */
const spaced = (floats: number): number => floats + 16;

/** Planes [N, channels, height, width] in memory. */
interface Planes {
  readonly address: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** A range of the tiles of all images. */
interface Chunk {
  readonly first: number;
  readonly count: number;
  readonly groups: number;
}

/** How planes of some height and width are cut, and which tiles are meant. */
interface Cut {
  readonly tilesY: number;
  readonly tilesX: number;
  readonly stepY: number;
  readonly stepX: number;
  readonly first: number;
  readonly count: number;
  readonly groups: number;
}

/** Spectra in memory, with `frequency` floats from one frequency to the next. */
interface Spectra {
  readonly spectra: number;
  readonly frequency: number;
}

/** Calls `work` for chunks of the tiles, as many at a time as `floats` a tile leave room for. */
function forChunks(tiles: number, floats: number, work: (chunk: Chunk) => void): void {
  const most = 4 * Math.max(1, Math.floor(CHUNK_FLOATS / (4 * floats)));
  for (let first = 0; first < tiles; first += most) {
    const count = Math.min(most, tiles - first);
    work({ first, count, groups: Math.ceil(count / 4) });
  }
}

/** Transforms of four tiles that are worth giving to another thread. */
const GRAIN = 8;

/** How weights are read: the element for (output, input, y, x) lies at `address` plus these times their strides. */
interface Kernels {
  readonly address: number;
  readonly outputStride: number;
  readonly inputStride: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** Each output: the sum over inputs of their correlations with a kernel, plus a bias; see `tilesOf` for `grid`. */
function correlate(
  s: ConvShape,
  input: Planes,
  { address: weight, ...strides }: Kernels,
  output: Planes,
  { top, left, bias = 0 }: { readonly top: number; readonly left: number; readonly bias?: number },
): void {
  const { tiles, ...grid } = tilesOf(s, output.height, output.width);
  const [rows, columns] = [2 * output.channels, 2 * input.channels];
  const each = spaced(rows * columns);
  withFloats([FREQUENCIES * each], (matrices) => {
    const { kernelHeight, kernelWidth } = s;
    const sizes = { outputs: output.channels, inputs: input.channels, kernelHeight, kernelWidth };
    const kernels = (output.channels * input.channels) / 4;
    parallelFor(weightSpectra, { weight, spectra: matrices, frequency: each, ...sizes, ...strides }, kernels, GRAIN);
    forChunks(tiles, FREQUENCIES * Math.max(rows, columns), (chunk) => {
      const n = 4 * chunk.groups;
      const cut = { ...grid, ...stepsOf(s), ...chunk };
      const [givenEach, resultEach] = [spaced(columns * n), spaced(rows * n)];
      withFloats([FREQUENCIES * givenEach, FREQUENCIES * resultEach], (given, result) => {
        const extent = { top, left, rows: TILE, columns: TILE };
        toSpectra(inputSpectra, input, cut, extent, { spectra: given, frequency: givenEach });
        const matrix = { a: matrices, aRow: columns, aCol: 1, aBatch: each };
        const right = { b: given, bRow: n, bCol: 1, bBatch: givenEach };
        const target = { c: result, cRow: n, cBatch: resultEach };
        simdGemm({ m: rows, n, k: columns, batch: FREQUENCIES, ...matrix, ...right, ...target });
        fromSpectra({ spectra: result, frequency: resultEach }, output, cut, bias);
      });
    });
  });
}

/** What of a tile counts: where the first one begins, before the plane's first row and column, and how far each reaches. */
interface Extent {
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  readonly columns: number;
}

function toSpectra(kernel: TilesToSpectra, planes: Planes, cut: Cut, extent: Extent, spectra: Spectra): void {
  const { address, channels, height, width } = planes;
  const words = { planes: address, channels, height, width, ...cut, ...extent, ...spectra };
  parallelFor(kernel, words, channels * cut.groups, GRAIN);
}

function fromSpectra(spectra: Spectra, planes: Planes, cut: Cut, bias: number): void {
  const { address, channels, height, width } = planes;
  const words = { planes: address, channels, height, width, bias, top: 0, left: 0, ...cut, ...spectra };
  parallelFor(spectraToTiles, words, channels * cut.groups, GRAIN);
}

const inputOf = (s: ConvShape, address: number): Planes => ({
  address,
  channels: s.channels,
  height: s.height,
  width: s.width,
});

const outputOf = (s: ConvShape, address: number): Planes => ({
  address,
  channels: s.outChannels,
  height: s.outHeight,
  width: s.outWidth,
});

/** Convolution of a shape with `suitsFft`. Addresses in bytes. */
export function fftConv2d(s: ConvShape, input: number, weight: number, bias: number | undefined, output: number): void {
  const taps = s.kernelHeight * s.kernelWidth;
  const strides = { outputStride: s.channels * taps, inputStride: taps, rowStride: s.kernelWidth, columnStride: 1 };
  const [top, left] = s.padding;
  correlate(s, inputOf(s, input), { address: weight, ...strides }, outputOf(s, output), { top, left, bias });
}

/** Gradient of its input: the correlation of the output's gradient with the kernels turned by half a circle. */
export function fftInputGrad(s: ConvShape, grad: number, weight: number, output: number): void {
  const taps = s.kernelHeight * s.kernelWidth;
  const address = weight + 4 * (taps - 1);
  const strides = { outputStride: taps, inputStride: s.channels * taps, rowStride: -s.kernelWidth, columnStride: -1 };
  const [top, left] = [s.kernelHeight - 1 - s.padding[0], s.kernelWidth - 1 - s.padding[1]];
  correlate(s, outputOf(s, grad), { address, ...strides }, inputOf(s, output), { top, left });
}

/** Gradient of its weight: the correlation of the input with the output's gradient, summed over tiles in order. */
export function fftWeightGrad(s: ConvShape, input: number, grad: number, output: number): void {
  const { channels, outChannels, kernelHeight, kernelWidth } = s;
  const { tiles, ...grid } = tilesOf(s, s.outHeight, s.outWidth);
  const pairs = channels * outChannels;
  const each = spaced(2 * pairs);
  withFloats([FREQUENCIES * each], (sums) => {
    forChunks(tiles, FREQUENCIES * Math.max(2 * channels, 3 * outChannels), (chunk) => {
      const k = 4 * chunk.groups;
      const steps = stepsOf(s);
      const cut = { ...grid, ...steps, ...chunk };
      const [part, gradPart] = [channels * k, outChannels * k];
      const [inputEach, gradEach] = [spaced(2 * part), spaced(3 * gradPart)];
      withFloats([FREQUENCIES * inputEach, FREQUENCIES * gradEach], (x, g) => {
        const whole = { top: s.padding[0], left: s.padding[1], rows: TILE, columns: TILE };
        toSpectra(inputSpectra, inputOf(s, input), cut, whole, { spectra: x, frequency: inputEach });
        const own = { top: 0, left: 0, rows: steps.stepY, columns: steps.stepX };
        toSpectra(gradSpectra, outputOf(s, grad), cut, own, { spectra: g, frequency: gradEach });
        const common = { m: outChannels, n: channels, k, batch: FREQUENCIES, segments: 2, accumulate: chunk.first > 0 };
        const a = { a: g, aRow: k, aCol: 1, aBatch: gradEach };
        const b = { bRow: 1, bCol: k, bBatch: inputEach };
        const c = { cRow: channels, cBatch: each };
        // Real parts: re · re + im · im. Imaginary ones: re · im - im · re.
        simdGemm({ ...common, ...a, ...b, ...c, aSegment: gradPart, b: x, bSegment: part, c: sums });
        const swapped = { b: x + 4 * part, bSegment: -part, c: sums + 4 * pairs };
        simdGemm({ ...common, ...a, ...b, ...c, ...swapped, aSegment: 2 * gradPart });
      });
    });
    const sizes = { outputs: outChannels, inputs: channels, kernelHeight, kernelWidth };
    parallelFor(spectraToWeights, { weight: output, spectra: sums, frequency: each, ...sizes }, pairs / 4, GRAIN);
  });
}
