import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressOf } from "../../cpu/buffer.js";
import { heap } from "../../cpu/heap.js";
import { scope } from "../../memory.js";
import { guarded, guardedCopy, secondThread, simdSets, withKernels } from "../../testing/kernels.js";
import { numbers, sameBits } from "../../testing/numbers.js";
import { fftConv2d, fftInputGrad, fftWeightGrad, suitsFft } from "./fft/index.js";
import type { ConvShape } from "./geometry.js";
import { simdConv2d, simdConv2dInputGrad, simdConv2dWeightGrad } from "./simd.js";

interface Case {
  readonly images?: number;
  /** Input channels a group, output channels a group. */
  readonly channels?: number;
  readonly outChannels?: number;
  readonly groups?: number;
  readonly size: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly stride?: readonly [number, number];
  readonly padding?: readonly [number, number];
  readonly dilation?: readonly [number, number];
  readonly bias?: boolean;
}

/** The shape of a case; undefined when its output would be empty. */
function shapeOf(c: Case): ConvShape | undefined {
  const { images = 2, channels = 1, outChannels = 1, groups = 1 } = c;
  const { stride = [1, 1], padding = [0, 0], dilation = [1, 1] } = c;
  const out = ([0, 1] as const).map((i) =>
    Math.floor((c.size[i] + 2 * padding[i] - dilation[i] * (c.kernel[i] - 1) - 1) / stride[i] + 1),
  );
  if (Math.min(...out) < 1) return undefined;
  const channel = { images, channels: channels * groups, outChannels: outChannels * groups, groups };
  const sizes = { height: c.size[0], width: c.size[1], kernelHeight: c.kernel[0], kernelWidth: c.kernel[1] };
  return { ...channel, ...sizes, outHeight: out[0], outWidth: out[1], stride, padding, dilation };
}

/** Calls `visit` with the flat indices of every product: input, weight, output. */
function forProducts(s: ConvShape, visit: (x: number, w: number, y: number) => void): void {
  const [perGroup, outPerGroup] = [s.channels / s.groups, s.outChannels / s.groups];
  for (let n = 0; n < s.images; n++)
    for (let o = 0; o < s.outChannels; o++)
      for (let c = 0; c < perGroup; c++)
        for (let i = 0; i < s.kernelHeight; i++)
          for (let j = 0; j < s.kernelWidth; j++)
            for (let oy = 0; oy < s.outHeight; oy++)
              for (let ox = 0; ox < s.outWidth; ox++) {
                const y = oy * s.stride[0] - s.padding[0] + i * s.dilation[0];
                const x = ox * s.stride[1] - s.padding[1] + j * s.dilation[1];
                if (y < 0 || x < 0 || y >= s.height || x >= s.width) continue;
                const plane = n * s.channels + Math.floor(o / outPerGroup) * perGroup + c;
                visit(
                  (plane * s.height + y) * s.width + x,
                  ((o * perGroup + c) * s.kernelHeight + i) * s.kernelWidth + j,
                  ((n * s.outChannels + o) * s.outHeight + oy) * s.outWidth + ox,
                );
              }
}

const sizesOf = (s: ConvShape) => ({
  input: s.images * s.channels * s.height * s.width,
  weight: (s.outChannels * s.channels * s.kernelHeight * s.kernelWidth) / s.groups,
  output: s.images * s.outChannels * s.outHeight * s.outWidth,
});

type Results = Record<"output" | "input" | "weight", Float32Array>;

const value = (seed: number, length: number) => numbers([length], seed, "float32");

/** The three passes. */
interface Passes {
  readonly conv2d: typeof fftConv2d;
  readonly inputGrad: typeof fftInputGrad;
  readonly weightGrad: typeof fftWeightGrad;
}

const chosen: Passes = {
  conv2d: (s, input, weight, bias, output) => simdConv2d(s, { input, weight, bias, output }),
  inputGrad: (s, output, weight, input) => simdConv2dInputGrad(s, { input, weight, output }),
  weightGrad: (s, input, output, weight) => simdConv2dWeightGrad(s, { input, weight, output }),
};
const bySpectra: Passes = { conv2d: fftConv2d, inputGrad: fftInputGrad, weightGrad: fftWeightGrad };

/** What the passes give: `input` and `weight` are gradients, for a gradient of the output of `value(4)`. */
function run(s: ConvShape, withBias: boolean, passes = chosen): Results {
  const sizes = sizesOf(s);
  return scope(() => {
    const given = [sizes.input, sizes.weight, s.outChannels, sizes.output].map((n, i) => guardedCopy(value(i + 1, n)));
    const made = [sizes.output, sizes.input, sizes.weight].map((n) => guarded([n]));
    const [x, w, b, gy, y, gx, gw] = [...given, ...made].map(({ view }) => addressOf(view));
    passes.conv2d(s, x, w, withBias ? b : undefined, y);
    passes.inputGrad(s, gy, w, gx);
    passes.weightGrad(s, x, gy, gw);
    for (const block of [...given, ...made]) block.check();
    const [output, input, weight] = made.map(({ view }) => view.dataSync() as Float32Array);
    return { output, input, weight };
  });
}

/** Errors are measured by the sum of a number's own products or, as what spectra give, by the largest of these sums. */
function check(c: Case, passes = chosen): void {
  const s = shapeOf(c);
  if (s === undefined) return;
  const sizes = sizesOf(s);
  const [x, w, b, gy] = [sizes.input, sizes.weight, s.outChannels, sizes.output].map((n, i) =>
    scope(() => value(i + 1, n).dataSync()),
  );
  const want = {
    output: new Float64Array(sizes.output),
    input: new Float64Array(sizes.input),
    weight: new Float64Array(sizes.weight),
  };
  const scale = structuredClone(want);
  const plane = s.outHeight * s.outWidth;
  if (c.bias)
    want.output.forEach((_, i) => {
      want.output[i] = b[Math.floor(i / plane) % s.outChannels];
      scale.output[i] = Math.abs(want.output[i]);
    });
  forProducts(s, (i, j, k) => {
    for (const [to, at, product] of [
      ["output", k, x[i] * w[j]],
      ["input", i, w[j] * gy[k]],
      ["weight", j, x[i] * gy[k]],
    ] as const) {
      want[to][at] += product;
      scale[to][at] += Math.abs(product);
    }
  });
  const got = run(s, c.bias ?? false, passes);
  for (const name of ["output", "input", "weight"] as const) {
    if (passes === bySpectra) scale[name].fill(scale[name].reduce((a, b) => Math.max(a, b)));
    for (let i = 0; i < got[name].length; i++) {
      if (!(Math.abs(got[name][i] - want[name][i]) <= 1e-6 * scale[name][i])) {
        throw new Error(`${JSON.stringify(c)}: ${name} ${i} is ${got[name][i]}, expected ${want[name][i]}`);
      }
    }
  }
}

const pairs = [
  [1, 1],
  [2, 2],
  [2, 1],
  [1, 2],
] as const;

describe.each(simdSets)("convolution with %s kernels", (set) => {
  const checked = (c: Case): void => withKernels(set, 1, () => check(c));

  it("is right for depthwise 3x3 to 9x9 at all widths, heights and strides", () => {
    for (const stride of pairs) {
      for (const [size, half] of [
        [3, 1],
        [5, 2],
        [7, 3],
        [9, 4],
      ] as const) {
        const common = { groups: 3, kernel: [size, size], padding: [half, half], stride } as const;
        for (let width = 1; width <= 33; width++)
          checked({ ...common, size: [1 + (width % 4), width], bias: width % 2 === 0 });
        for (let height = 1; height <= 12; height++) checked({ ...common, size: [height, 9] });
        checked({ ...common, size: [6, 80], images: 3 });
      }
    }
  });

  it("is right for pointwise, grouped, dilated, strided and lopsided kernels", () => {
    checked({ size: [3, 40], kernel: [1, 1], channels: 7, outChannels: 13, bias: true });
    checked({ size: [1, 40], kernel: [3, 3], padding: [1, 1], channels: 9, outChannels: 10 });
    checked({
      size: [12, 33],
      kernel: [3, 3],
      padding: [1, 1],
      stride: [2, 2],
      channels: 3,
      outChannels: 16,
      bias: true,
    });
    checked({ size: [9, 20], kernel: [1, 5], padding: [0, 2], channels: 4, outChannels: 6, groups: 2 });
    checked({ size: [10, 30], kernel: [7, 7], padding: [3, 3], channels: 40, outChannels: 9, images: 1 });
    checked({ size: [5, 9], kernel: [3, 3], padding: [2, 2], dilation: [2, 2], channels: 3, outChannels: 4 });
    checked({ size: [4, 5], kernel: [3, 3], padding: [4, 4], channels: 2, outChannels: 3 });
    checked({ size: [7, 8], kernel: [2, 3], padding: [1, 0], groups: 4, outChannels: 2, stride: [1, 3], bias: true });
    checked({ size: [2, 300], kernel: [1, 1], channels: 20, outChannels: 30, images: 8 });
  });

  it("is right for patches side by side, by which the input is covered or not", () => {
    for (const kernel of [...pairs.slice(1), [3, 2], [2, 3], [4, 4]] as const) {
      const common = { kernel, stride: kernel, bias: true };
      for (const columns of [1, 3, 4, 5, 9]) {
        checked({ ...common, size: [3 * kernel[0], columns * kernel[1]], channels: 3, outChannels: 5 });
      }
      checked({ ...common, size: [2 * kernel[0], 7 * kernel[1]], channels: 2, outChannels: 3, groups: 2, images: 3 });
      checked({ ...common, size: [2 * kernel[0] + 1, 7 * kernel[1] + 1], channels: 2 });
    }
    checked({ kernel: [2, 2], stride: [2, 2], size: [160, 160], channels: 1, outChannels: 12 });
    checked({ kernel: [2, 1], stride: [2, 1], dilation: [1, 2], size: [4, 9], channels: 4, outChannels: 12 });
  });

  it("is right by spectra for any geometry, and takes them for large kernels", () => {
    const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));
    const geometry = fc.record({
      images: fc.integer({ min: 1, max: 3 }),
      channels: fc.constantFrom(4, 8),
      outChannels: fc.constantFrom(4, 12),
      size: pair(1, 24),
      kernel: pair(1, 9),
      padding: pair(0, 9),
      bias: fc.boolean(),
    });
    const checkedBySpectra = (c: Case): void => withKernels(set, 1, () => check(c, bySpectra));
    fc.assert(fc.property(geometry, checkedBySpectra), { numRuns: 20 });
    const large: Case = { size: [40, 56], kernel: [9, 5], padding: [4, 0], channels: 24, outChannels: 24, images: 1 };
    expect(suitsFft(shapeOf(large) as ConvShape)).toBe(true);
    checkedBySpectra(large);
  });

  it("takes spectra only for plain convolutions of channels in fours", () => {
    const large = {
      size: [80, 80],
      kernel: [9, 9],
      padding: [4, 4],
      channels: 64,
      outChannels: 16,
      images: 1,
    } as const;
    const suits = (c: Case): boolean => suitsFft(shapeOf(c) as ConvShape);
    expect(suits(large)).toBe(true);
    for (const other of [
      { stride: [1, 2] },
      { dilation: [2, 2] },
      { groups: 2 },
      { channels: 63 },
      { outChannels: 17 },
      { kernel: [10, 10] },
      { kernel: [1, 1] },
      { channels: 1024, outChannels: 1024 },
    ] as const) {
      expect(suits({ ...large, ...other }), JSON.stringify(other)).toBe(false);
    }
  });

  it("is right for any small geometry", () => {
    const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));
    const geometry = fc.record({
      images: fc.integer({ min: 1, max: 3 }),
      channels: fc.integer({ min: 1, max: 4 }),
      outChannels: fc.integer({ min: 1, max: 9 }),
      groups: fc.integer({ min: 1, max: 3 }),
      size: pair(1, 12),
      kernel: pair(1, 5),
      stride: pair(1, 3),
      padding: pair(0, 3),
      dilation: pair(1, 2),
      bias: fc.boolean(),
    });
    fc.assert(fc.property(geometry, checked), { numRuns: 150 });
  });

  it("gives the same bits with 1 and 2 threads, and leaves nothing in the heap", async () => {
    await secondThread();
    const cases: Case[] = [
      { size: [6, 80], kernel: [3, 3], padding: [1, 1], stride: [2, 1], groups: 64, images: 3 },
      { size: [6, 40], kernel: [5, 5], padding: [2, 2], groups: 64, images: 3 },
      { size: [3, 80], kernel: [1, 1], channels: 64, outChannels: 64, images: 4, bias: true },
      { size: [6, 40], kernel: [3, 3], padding: [1, 1], channels: 32, outChannels: 48, images: 4 },
      { size: [160, 320], kernel: [2, 2], stride: [2, 2], channels: 2, outChannels: 12 },
      { size: [40, 30], kernel: [9, 9], padding: [4, 4], channels: 32, outChannels: 16 },
    ];
    for (const c of cases) {
      const s = shapeOf(c) as ConvShape;
      const alone = withKernels(set, 1, () => run(s, true));
      withKernels(set, 2, () => run(s, true));
      const before = heap().stats();
      for (let i = 0; i < 3; i++) {
        const together = withKernels(set, 2, () => run(s, true));
        for (const name of ["output", "input", "weight"] as const) {
          expect(sameBits(together[name], alone[name])).toBe(true);
        }
      }
      expect(heap().stats().liveBytes).toBe(before.liveBytes);
    }
  });
});
