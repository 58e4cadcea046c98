import type { AvgPool2dCall, AvgPool2dGradCall, MaxPool2dCall, MaxPool2dGradCall } from "./call.js";
import { plainAvgPool2d, plainAvgPool2dGrad, plainMaxPool2d, plainMaxPool2dGrad } from "./plain.js";

/** Maximum pooling. */
export function runMaxPool2d(call: MaxPool2dCall): void {
  plainMaxPool2d(call);
}

/** Gradient of maximum pooling. */
export function runMaxPool2dGrad(call: MaxPool2dGradCall): void {
  plainMaxPool2dGrad(call);
}

/** Average pooling. */
export function runAvgPool2d(call: AvgPool2dCall): void {
  plainAvgPool2d(call);
}

/** Gradient of average pooling. */
export function runAvgPool2dGrad(call: AvgPool2dGradCall): void {
  plainAvgPool2dGrad(call);
}
