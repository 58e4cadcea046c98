import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { heap } from "../../cpu/heap.js";
import { guarded, noise, sameBits } from "../../testing/guarded.js";
import { secondThread, simdSets, withKernels } from "../../testing/kernels.js";
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

/** The three passes by kernels: `input` and `weight` are gradients, for a gradient of the output of `noise(4)`. */
function run(s: ConvShape, withBias: boolean): Results {
  const sizes = sizesOf(s);
  return guarded((open) => {
    const [x, w, b] = [open(sizes.input, noise(1)), open(sizes.weight, noise(2)), open(s.outChannels, noise(3))];
    const [gy, y] = [open(sizes.output, noise(4)), open(sizes.output)];
    const [gx, gw] = [open(sizes.input), open(sizes.weight)];
    const bias = withBias ? b.address : undefined;
    simdConv2d(s, { input: x.address, weight: w.address, bias, output: y.address });
    simdConv2dInputGrad(s, { input: gx.address, weight: w.address, output: gy.address });
    simdConv2dWeightGrad(s, { input: x.address, weight: gw.address, output: gy.address });
    return { output: y.floats.slice(), input: gx.floats.slice(), weight: gw.floats.slice() };
  });
}

function check(c: Case): void {
  const s = shapeOf(c);
  if (s === undefined) return;
  const sizes = sizesOf(s);
  const value = (seed: number, length: number) => Float32Array.from({ length }, (_, i) => noise(seed)(i));
  const [x, w, b] = [value(1, sizes.input), value(2, sizes.weight), value(3, s.outChannels)];
  const gy = value(4, sizes.output);
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
  const got = run(s, c.bias ?? false);
  for (const name of ["output", "input", "weight"] as const) {
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

  it("is right for depthwise 3x3 and 5x5 at all widths, heights and strides", () => {
    for (const stride of pairs) {
      for (const [size, half] of [
        [3, 1],
        [5, 2],
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
