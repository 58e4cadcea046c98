import { addressOf } from "../../cpu/buffer.js";
import type { View } from "../../device.js";
import { sizeOf } from "../../shape.js";
import { simdFor } from "../choice.js";
import type { Conv2dCall, Conv2dInputGradCall, Conv2dOptions, Conv2dWeightGradCall } from "./call.js";
import type { ConvShape } from "./geometry.js";
import { plainConv2d, plainConv2dInputGrad, plainConv2dWeightGrad } from "./plain.js";
import { simdConv2d, simdConv2dInputGrad, simdConv2dWeightGrad } from "./simd.js";

function shapeOf(input: View, weight: View, output: View, options: Conv2dOptions): ConvShape {
  const [images, channels, height, width] = input.shape;
  const [outChannels, , kernelHeight, kernelWidth] = weight.shape;
  const [, , outHeight, outWidth] = output.shape;
  return { images, channels, height, width, outChannels, kernelHeight, kernelWidth, outHeight, outWidth, ...options };
}

function suits(...views: readonly View[]): boolean {
  return simdFor(...views) && views.every((view) => sizeOf(view.shape) > 0);
}

/** Convolution. */
export function runConv2d(call: Conv2dCall): void {
  const { input, weight, bias, output, options } = call;
  if (!suits(input, weight, output)) {
    plainConv2d(call);
    return;
  }
  simdConv2d(shapeOf(input, weight, output, options), {
    input: addressOf(input),
    weight: addressOf(weight),
    bias: bias && addressOf(bias),
    output: addressOf(output),
  });
}

/** Gradient of a convolution's input. */
export function runConv2dInputGrad(call: Conv2dInputGradCall): void {
  const { grad, weight, output, options } = call;
  if (!suits(grad, weight, output)) {
    plainConv2dInputGrad(call);
    return;
  }
  simdConv2dInputGrad(shapeOf(output, weight, grad, options), {
    input: addressOf(output),
    weight: addressOf(weight),
    output: addressOf(grad),
  });
}

/** Gradient of a convolution's weight. */
export function runConv2dWeightGrad(call: Conv2dWeightGradCall): void {
  const { input, grad, output, options } = call;
  if (!suits(input, grad, output)) {
    plainConv2dWeightGrad(call);
    return;
  }
  simdConv2dWeightGrad(shapeOf(input, output, grad, options), {
    input: addressOf(input),
    weight: addressOf(output),
    output: addressOf(grad),
  });
}
