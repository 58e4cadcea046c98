import { simdFor } from "../choice.js";
import type { SoftmaxCall, SoftmaxGradCall } from "./call.js";
import { plainSoftmax, plainSoftmaxGrad } from "./plain.js";
import { simdSoftmax, simdSoftmaxGrad } from "./simd.js";

/** Softmax or log-softmax of rows. */
export function runSoftmax(call: SoftmaxCall): void {
  if (simdFor(call.input)) simdSoftmax(call);
  else plainSoftmax(call);
}

/** Gradient of softmax or log-softmax. */
export function runSoftmaxGrad(call: SoftmaxGradCall): void {
  if (simdFor(call.grad)) simdSoftmaxGrad(call);
  else plainSoftmaxGrad(call);
}
