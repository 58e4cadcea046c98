import { simdFor } from "../choice.js";
import type { AvgPool2dCall, AvgPool2dGradCall, MaxPool2dCall, MaxPool2dGradCall } from "./call.js";
import { plainAvgPool2d, plainAvgPool2dGrad, plainMaxPool2d, plainMaxPool2dGrad } from "./plain.js";
import { simdAvgPool2d, simdAvgPool2dGrad, simdMaxPool2d, simdMaxPool2dGrad } from "./simd.js";

/** Maximum pooling. */
export function runMaxPool2d(call: MaxPool2dCall): void {
  if (simdFor(call.input)) simdMaxPool2d(call);
  else plainMaxPool2d(call);
}

/** Gradient of maximum pooling. */
export function runMaxPool2dGrad(call: MaxPool2dGradCall): void {
  if (simdFor(call.grad)) simdMaxPool2dGrad(call);
  else plainMaxPool2dGrad(call);
}

/** Average pooling. */
export function runAvgPool2d(call: AvgPool2dCall): void {
  if (simdFor(call.input)) simdAvgPool2d(call);
  else plainAvgPool2d(call);
}

/** Gradient of average pooling. */
export function runAvgPool2dGrad(call: AvgPool2dGradCall): void {
  if (simdFor(call.grad)) simdAvgPool2dGrad(call);
  else plainAvgPool2dGrad(call);
}
