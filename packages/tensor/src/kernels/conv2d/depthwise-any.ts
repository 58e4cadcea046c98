import { type KernelArguments, parallelFor } from "../../cpu/threads.js";
import {
  type FunctionBuilder,
  f32,
  i32,
  kernel,
  type Local,
  type ParamLocals,
  type Pointer,
  ptr,
} from "../../wasm/index.js";
import type { ConvShape } from "./geometry.js";

const params = {
  x: ptr,
  weight: ptr,
  y: ptr,
  bias: ptr,
  images: i32,
  channels: i32,
  /** Output channels of each input channel. */
  multiplier: i32,
  height: i32,
  width: i32,
  outHeight: i32,
  outWidth: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  strideY: i32,
  strideX: i32,
  paddingY: i32,
  paddingX: i32,
  dilationY: i32,
  dilationX: i32,
} as const;

type Locals = ParamLocals<typeof params>;
type Int = Locals["width"];

/** Emits `visit` for every row of one tap: the places of its first input and output, and its length. */
function forTapRows(
  f: FunctionBuilder,
  p: Locals,
  tap: { readonly ky: Int; readonly kx: Int },
  planes: { readonly x: Pointer; readonly y: Pointer },
  visit: (x: Local<Pointer>, y: Local<Pointer>, count: Int) => void,
): void {
  const shiftX = f.local(tap.kx.mul(p.dilationX).sub(p.paddingX));
  const shiftY = f.local(tap.ky.mul(p.dilationY).sub(p.paddingY));
  // Output columns [from, to) read inside of the input.
  const from = f.local(shiftX.lt(0).select(p.strideX.sub(1).sub(shiftX).div(p.strideX), i32.of(0)));
  const last = f.local(p.width.sub(1).sub(shiftX));
  const to = f.local(last.lt(0).select(i32.of(0), last.div(p.strideX).add(1)));
  to.set(to.min(p.outWidth));
  const count = f.local(to.sub(from));
  f.forRange(0, p.outHeight, (row) => {
    const inputRow = f.local(row.mul(p.strideY).add(shiftY));
    f.if(inputRow.ge(0).and(inputRow.lt(p.height)).and(count.gt(0)), () => {
      const column = from.mul(p.strideX).add(shiftX);
      const x = f.local(planes.x.at(inputRow.mul(p.width).add(column)));
      visit(x, f.local(planes.y.at(row.mul(p.outWidth).add(from))), count);
    });
  });
}

/** Emits `visit` for every tap of output channel `o`, with the address of its weight. */
function forTaps(
  f: FunctionBuilder,
  p: Locals,
  o: Int,
  visit: (tap: { ky: Int; kx: Int }, weight: Local<Pointer>) => void,
): void {
  const weight = f.local(p.weight.at(o.mul(p.kernelHeight).mul(p.kernelWidth)));
  f.forRange(0, p.kernelHeight, (ky) =>
    f.forRange(0, p.kernelWidth, (kx) => {
      visit({ ky, kx }, weight);
      weight.advance(1);
    }),
  );
}

/** Forward pass; works on output planes. */
const forward = kernel("depthwiseAny", params, (f, p, { start, end }) => {
  const outChannels = f.local(p.channels.mul(p.multiplier));
  f.forRange(start, end, (plane) => {
    const o = f.local(plane.rem(outChannels));
    const input = plane.div(outChannels).mul(p.channels).add(o.div(p.multiplier));
    const x = f.local(p.x.at(input.mul(p.height).mul(p.width)));
    const size = f.local(p.outHeight.mul(p.outWidth));
    const y = f.local(p.y.at(plane.mul(size)));
    const initial = f.local(f32.of(0));
    f.if(p.bias.ne(0), () => initial.set(p.bias.at(o).load()));
    f.forRange(0, size, (i) => f.store(y.at(i), initial));
    forTaps(f, p, o, (tap, weight) =>
      forTapRows(f, p, tap, { x, y }, (from, to, count) =>
        f.times(count, () => {
          f.store(to, to.load().add(weight.load().mul(from.load())));
          from.set(from.at(p.strideX));
          to.advance(1);
        }),
      ),
    );
  });
});

/** Gradient of the input: `y` is the gradient of the output, `x` the result. Works on input planes. */
const inputGrad = kernel("depthwiseAnyInputGrad", params, (f, p, { start, end }) => {
  f.forRange(start, end, (plane) => {
    const size = f.local(p.height.mul(p.width));
    const x = f.local(p.x.at(plane.mul(size)));
    f.forRange(0, size, (i) => f.store(x.at(i), f32.of(0)));
    f.forRange(0, p.multiplier, (m) => {
      const outPlane = plane.mul(p.multiplier).add(m);
      const y = f.local(p.y.at(outPlane.mul(p.outHeight).mul(p.outWidth)));
      const o = f.local(plane.rem(p.channels).mul(p.multiplier).add(m));
      forTaps(f, p, o, (tap, weight) =>
        forTapRows(f, p, tap, { x, y }, (to, from, count) =>
          f.times(count, () => {
            f.store(to, to.load().add(weight.load().mul(from.load())));
            from.advance(1);
            to.set(to.at(p.strideX));
          }),
        ),
      );
    });
  });
});

/** Gradient of the weight: `y` is the gradient of the output. Works on output channels; images are added in order. */
const weightGrad = kernel("depthwiseAnyWeightGrad", params, (f, p, { start, end }) => {
  f.forRange(start, end, (o) =>
    forTaps(f, p, o, (tap, weight) => {
      const total = f.local(f32.of(0).toDouble());
      f.forRange(0, p.images, (image) => {
        const input = image.mul(p.channels).add(o.div(p.multiplier));
        const x = f.local(p.x.at(input.mul(p.height).mul(p.width)));
        const outPlane = image.mul(p.channels).mul(p.multiplier).add(o);
        const y = f.local(p.y.at(outPlane.mul(p.outHeight).mul(p.outWidth)));
        forTapRows(f, p, tap, { x, y }, (from, grad, count) =>
          f.times(count, () => {
            total.set(total.add(from.load().toDouble().mul(grad.load().toDouble())));
            from.set(from.at(p.strideX));
            grad.advance(1);
          }),
        );
      });
      f.store(weight, total.toFloat());
    }),
  );
});

function argumentsOf(s: ConvShape, x: number, weight: number, y: number, bias = 0): KernelArguments<typeof params> {
  return {
    x,
    weight,
    y,
    bias,
    images: s.images,
    channels: s.channels,
    multiplier: s.outChannels / s.channels,
    height: s.height,
    width: s.width,
    outHeight: s.outHeight,
    outWidth: s.outWidth,
    kernelHeight: s.kernelHeight,
    kernelWidth: s.kernelWidth,
    strideY: s.stride[0],
    strideX: s.stride[1],
    paddingY: s.padding[0],
    paddingX: s.padding[1],
    dilationY: s.dilation[0],
    dilationX: s.dilation[1],
  };
}

/** Forward pass of a depthwise convolution of any size. */
export function anyDepthwise(s: ConvShape, x: number, weight: number, bias: number | undefined, y: number): void {
  parallelFor(forward, argumentsOf(s, x, weight, y, bias), s.images * s.outChannels, 8);
}

/** Gradient of its input. */
export function anyDepthwiseInputGrad(s: ConvShape, grad: number, weight: number, output: number): void {
  parallelFor(inputGrad, argumentsOf(s, output, weight, grad), s.images * s.channels, 8);
}

/** Gradient of its weight. */
export function anyDepthwiseWeightGrad(s: ConvShape, x: number, grad: number, output: number): void {
  parallelFor(weightGrad, argumentsOf(s, x, output, grad), s.outChannels, 1);
}
