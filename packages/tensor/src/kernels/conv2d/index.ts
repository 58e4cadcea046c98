import type { Conv2dCall, Conv2dInputGradCall, Conv2dWeightGradCall } from "./call.js";
import { plainConv2d, plainConv2dInputGrad, plainConv2dWeightGrad } from "./plain.js";

/** Convolution. */
export function runConv2d(call: Conv2dCall): void {
  plainConv2d(call);
}

/** Gradient of a convolution's input. */
export function runConv2dInputGrad(call: Conv2dInputGradCall): void {
  plainConv2dInputGrad(call);
}

/** Gradient of a convolution's weight. */
export function runConv2dWeightGrad(call: Conv2dWeightGradCall): void {
  plainConv2dWeightGrad(call);
}
