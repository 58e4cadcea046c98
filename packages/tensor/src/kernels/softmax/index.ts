import type { SoftmaxCall, SoftmaxGradCall } from "./call.js";
import { plainSoftmax, plainSoftmaxGrad } from "./plain.js";

/** Softmax or log-softmax of rows. */
export function runSoftmax(call: SoftmaxCall): void {
  plainSoftmax(call);
}

/** Gradient of softmax or log-softmax. */
export function runSoftmaxGrad(call: SoftmaxGradCall): void {
  plainSoftmaxGrad(call);
}
