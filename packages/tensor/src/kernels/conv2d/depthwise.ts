import { parallelFor } from "../../cpu/threads.js";
import { f32x4, i32, kernel, type Local, type Pointer, ptr } from "../../wasm/index.js";
import { defineFill, type PlaneLayout, planeBytes, planeLayout } from "./depthwise-plane.js";
import { placeOf, prepareSums, type SumSource, storeLanes, sumRow, type Tap } from "./depthwise-sum.js";
import type { ConvShape } from "./geometry.js";

const kernelSizes = [3, 5, 7, 9];

/** Kernel size, one of `kernelSizes`, and strides that have kernels of their own. */
interface Variant {
  readonly size: number;
  readonly strideY: 1 | 2;
  readonly strideX: 1 | 2;
}

const common = {
  x: ptr,
  weight: ptr,
  y: ptr,
  channels: i32,
  height: i32,
  width: i32,
  outHeight: i32,
  outWidth: i32,
  top: i32,
  left: i32,
  rows: i32,
  half: i32,
} as const;

/** Multiply-adds that are worth giving to another thread. */
const GRAIN_WORK = 1 << 16;

/** True for 3x3, 5x5, 7x7 and 9x9 kernels with half padding, strides of 1 and 2, one output a channel. */
export function hasDepthwiseKernel(s: ConvShape): boolean {
  const size = s.kernelHeight;
  const square = size === s.kernelWidth && kernelSizes.includes(size);
  const strides = s.stride.every((step) => step === 1 || step === 2);
  const half = s.padding.every((zeros) => zeros === (size - 1) / 2);
  return square && strides && half && s.dilation.every((d) => d === 1) && s.outChannels === s.channels;
}

function variantOf(s: ConvShape): Variant {
  return { size: s.kernelHeight, strideY: s.stride[0] as 1 | 2, strideX: s.stride[1] as 1 | 2 };
}

/** Kernels by variant, made at first use. */
function byVariant<K>(make: (variant: Variant) => K): (variant: Variant) => K {
  const made = new Map<string, K>();
  return (variant) => {
    const key = `${variant.size} ${variant.strideY} ${variant.strideX}`;
    let found = made.get(key);
    if (found === undefined) {
      found = make(variant);
      made.set(key, found);
    }
    return found;
  };
}

const named = (name: string, v: Variant): string => `${name}${v.size}x${v.size}s${v.strideY}${v.strideX}`;

/** Taps of a kernel that reads a plane forwards: tap (i, j) of position 0 lies at row i, column j. */
function forwardTaps({ size, strideX }: Variant): Tap[] {
  return grid(size).map(([i, j]) => ({
    weight: i * size + j,
    row: i,
    half: strideX === 2 ? ((j & 1) as 0 | 1) : 0,
    column: strideX === 2 ? j >> 1 : j,
  }));
}

function grid(size: number): [number, number][] {
  return Array.from({ length: size * size }, (_, k) => [Math.floor(k / size), k % size]);
}

/** Forward pass; works on planes. */
const forwardKernel = byVariant((v) =>
  kernel(named("depthwise", v), { ...common, bias: ptr }, (f, p, { start, end, scratch }) => {
    const fill = defineFill(f, v.strideX);
    const pitchBytes = f.local(p.half.mul(4 * v.strideX));
    const halfBytes = f.local(p.half.shl(2));
    const spare = f.local(scratch.plus(p.rows.mul(pitchBytes)));
    f.zeroBytes(scratch, p.rows.mul(pitchBytes));
    f.forRange(start, end, (plane) => {
      const channel = f.local(plane.rem(p.channels));
      const source = p.x.at(plane.mul(p.height).mul(p.width));
      const target = scratch.plus(p.top.mul(pitchBytes));
      f.call(fill, { source, target, rows: p.height, width: p.width, half: p.half, left: p.left });
      const weights = f.local(p.weight.at(channel.mul(v.size * v.size)));
      const initial = f.local(f32x4.zero);
      f.if(p.bias.ne(0), () => initial.set(p.bias.at(channel).splat()));
      const y = f.local(p.y.at(plane.mul(p.outHeight).mul(p.outWidth)));
      const row = f.local(scratch);
      f.times(p.outHeight, () => {
        const source = { weights, row, pitchBytes, halfBytes };
        sumRow(f, forwardTaps(v), source, { to: y, width: p.outWidth, initial, spare });
        y.set(y.at(p.outWidth));
        row.set(row.plus(pitchBytes.mul(v.strideY)));
      });
    });
  }),
);

/**
 * Taps that reach the input positions of one class: tap k and output o meet at position p with `p + padding = stride o
 * + k`, so position p = stride t + c takes the taps k that equal c + padding modulo the stride.
 */
function gradTaps({ size, strideY, strideX }: Variant, classY: number, classX: number): Tap[] {
  const shift = (size - 1) / 2;
  const reach = (k: number, stride: number, c: number): number | undefined =>
    (c + shift - k) % stride === 0 ? (c + shift - k) / stride : undefined;
  return grid(size).flatMap(([i, j]) => {
    const [row, column] = [reach(i, strideY, classY), reach(j, strideX, classX)];
    if (row === undefined || column === undefined) return [];
    return [{ weight: i * size + j, row, half: 0 as const, column }];
  });
}

/** Gradient of the input: `x` is the gradient of the output, with its sizes, and `y` the result. Works on planes. */
const inputGradKernel = byVariant((v) =>
  kernel(named("depthwiseInputGrad", v), common, (f, p, { start, end, scratch }) => {
    const fill = defineFill(f, 1);
    const pitchBytes = f.local(p.half.shl(2));
    const spare = f.local(scratch.plus(p.rows.mul(pitchBytes)));
    f.zeroBytes(scratch, p.rows.mul(pitchBytes));
    f.forRange(start, end, (plane) => {
      const source = p.x.at(plane.mul(p.height).mul(p.width));
      const target = f.local(scratch.plus(p.top.mul(pitchBytes)));
      f.call(fill, { source, target, rows: p.height, width: p.width, half: p.half, left: p.left });
      const weights = f.local(p.weight.at(plane.rem(p.channels).mul(v.size * v.size)));
      const y = p.y.at(plane.mul(p.outHeight).mul(p.outWidth));
      for (let classY = 0; classY < v.strideY; classY++) {
        const row = f.local(target.at(p.left));
        const to = f.local(y.at(p.outWidth.mul(classY)));
        f.times(p.outHeight.add(v.strideY - 1 - classY).div(v.strideY), () => {
          const from = { weights, row, pitchBytes, halfBytes: i32.of(0) };
          if (v.strideX === 1) {
            const initial = f32x4.zero;
            sumRow(f, gradTaps(v, classY, 0), from, { to, width: p.outWidth, initial, spare });
          } else {
            forPairs(classY, from, to);
          }
          to.set(to.at(p.outWidth.mul(v.strideY)));
          row.set(row.plus(pitchBytes));
        });
      }
    });

    /** Even and odd columns, interleaved. */
    function forPairs(classY: number, from: SumSource, to: Local<Pointer>): void {
      const evens = prepareSums(f, gradTaps(v, classY, 0), from);
      const odds = prepareSums(f, gradTaps(v, classY, 1), from);
      f.forRange(
        0,
        p.outWidth,
        (x) => {
          const t = x.shr(1);
          const [even] = evens(t, [f32x4.zero]);
          const [odd] = odds(t, [f32x4.zero]);
          const left = f.local(p.outWidth.sub(x));
          storeLanes(f, to.at(x), f.local(f32x4.shuffle(even, odd, [0, 4, 1, 5])), left);
          f.if(left.gt(4), () => {
            storeLanes(f, to.at(x).at(4), f.local(f32x4.shuffle(even, odd, [2, 6, 3, 7])), left.sub(4));
          });
        },
        8,
      );
    }
  }),
);

/** Gradient of the weight: `y` is the gradient of the output. Works on channels; images are added in order. */
const weightGradKernel = byVariant((v) =>
  kernel(named("depthwiseWeightGrad", v), { ...common, images: i32, spare: i32 }, (f, p, { start, end, scratch }) => {
    const fill = defineFill(f, v.strideX);
    const taps = forwardTaps(v);
    const pitchBytes = f.local(p.half.mul(4 * v.strideX));
    const halfBytes = f.local(p.half.shl(2));
    const totals = f.local(scratch.plus(p.spare));
    const tail = f.local(totals.at(2 * taps.length + 2));
    f.zeroBytes(scratch, p.rows.mul(pitchBytes));
    f.forRange(start, end, (channel) => {
      f.zeroBytes(totals, 8 * taps.length);
      f.forRange(0, p.images, (image) => {
        const plane = f.local(image.mul(p.channels).add(channel));
        const source = p.x.at(plane.mul(p.height).mul(p.width));
        const target = scratch.plus(p.top.mul(pitchBytes));
        f.call(fill, { source, target, rows: p.height, width: p.width, half: p.half, left: p.left });
        // As many sums at a time as hide the latency of additions and leave registers for the rest.
        const atATime = f.tileColumns === 16 ? 5 : 3;
        const parts = taps.flatMap((_, i) => (i % atATime === 0 ? [taps.slice(i, i + atATime)] : []));
        for (const part of parts) {
          const sums = part.map(() => [f.local(f32x4.zero), f.local(f32x4.zero)]);
          const y = f.local(p.y.at(plane.mul(p.outHeight).mul(p.outWidth)));
          const row = f.local(scratch);
          f.times(p.outHeight, () => {
            const places = [...new Set(part.map(placeOf))];
            const rows = places.map((place) => {
              const half = place & 1 ? halfBytes : 0;
              return f.local(row.plus(pitchBytes.mul(place >> 1)).plus(half));
            });
            const grad = f.local(y);
            const add = (from: Pointer): void => {
              const both = [f.local(from.load4()), f.local(from.load4(4))];
              part.forEach((tap, i) => {
                const x = rows[places.indexOf(placeOf(tap))];
                both.forEach((g, v) => {
                  sums[i][v].set(f.mulAdd(g, x.load4(tap.column + 4 * v), sums[i][v]));
                });
              });
            };
            f.times(p.outWidth.shr(3), () => {
              add(grad);
              for (const pointer of [grad, ...rows]) pointer.advance(8);
            });
            const rest = f.local(p.outWidth.and(7));
            f.if(rest, () => {
              f.storeAll(tail, [f32x4.zero, f32x4.zero]);
              f.forRange(0, rest, (i) => f.store(tail.at(i), grad.at(i).load()));
              add(tail);
            });
            y.set(y.at(p.outWidth));
            row.set(row.plus(pitchBytes.mul(v.strideY)));
          });
          part.forEach(({ weight }, i) => {
            f.storeAll(tail, sums[i]);
            const sum = f.sum(tail.load4().add(tail.load4(4)));
            f.store(totals, totals.loadDouble(weight).add(sum.toDouble()), weight);
          });
        }
      });
      for (const { weight } of taps) {
        f.store(p.weight.at(channel.mul(taps.length)), totals.loadDouble(weight).toFloat(), weight);
      }
    });
  }),
);

type CommonArguments = { readonly [K in keyof typeof common]: number };

/** Arguments and scratch bytes for a plane that the taps read forwards. */
function forwardArguments(s: ConvShape, v: Variant, addresses: { x: number; weight: number; y: number }) {
  const reach = (size: number, out: number, axis: 0 | 1): number =>
    Math.max((out - 1) * s.stride[axis] + v.size, s.padding[axis] + size);
  const [rows, columns] = [reach(s.height, s.outHeight, 0), reach(s.width, s.outWidth, 1)];
  const layout = planeLayout(v.strideX, s.padding[0], s.padding[1], rows, columns);
  const { channels, height, width, outHeight, outWidth } = s;
  const args: CommonArguments = { channels, height, width, outHeight, outWidth, ...addresses, ...layout };
  return { args, bytes: planeBytes(layout, v.strideX) };
}

/** Room for a row of sums. */
const rowBytes = (width: number): number => 4 * (width + 8);

function grainOf(s: ConvShape, planes: number): number {
  const work = planes * Math.max(1, s.outHeight * s.outWidth) * s.kernelHeight * s.kernelWidth;
  return Math.max(1, Math.floor(GRAIN_WORK / work));
}

/** Forward pass of a shape with `hasDepthwiseKernel`. */
export function depthwiseConv2d(s: ConvShape, x: number, weight: number, bias: number | undefined, y: number): void {
  const v = variantOf(s);
  const { args, bytes } = forwardArguments(s, v, { x, weight, y });
  parallelFor(
    forwardKernel(v),
    { bias: bias ?? 0, ...args },
    s.images * s.channels,
    grainOf(s, 1),
    bytes + rowBytes(s.outWidth),
  );
}

/** Gradient of the input of such a shape. */
export function depthwiseInputGrad(s: ConvShape, grad: number, weight: number, output: number): void {
  const v = variantOf(s);
  const zeros = (v.size - 1) / 2;
  const reach = (size: number, out: number, axis: 0 | 1): number =>
    zeros + Math.max(out, Math.ceil(size / s.stride[axis]) + v.size);
  const rows = reach(s.height, s.outHeight, 0);
  const layout: PlaneLayout = planeLayout(1, zeros, zeros, rows, reach(s.width, s.outWidth, 1));
  const sizes = { height: s.outHeight, width: s.outWidth, outHeight: s.height, outWidth: s.width };
  const args = { x: grad, weight, y: output, channels: s.channels, ...sizes, ...layout };
  parallelFor(
    inputGradKernel(v),
    args,
    s.images * s.channels,
    grainOf(s, 1),
    planeBytes(layout, 1) + rowBytes(s.width),
  );
}

/** Gradient of the weight of such a shape. */
export function depthwiseWeightGrad(s: ConvShape, x: number, grad: number, output: number): void {
  const v = variantOf(s);
  const { args, bytes } = forwardArguments(s, v, { x, weight: output, y: grad });
  const kernelArgs = { images: s.images, spare: bytes, ...args };
  parallelFor(weightGradKernel(v), kernelArgs, s.channels, grainOf(s, s.images), bytes + 8 * v.size ** 2 + 64);
}
