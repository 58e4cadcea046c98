import type { View } from "../../device.js";

/** Constants of one step of Adam. */
export interface AdamOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Number of this step, from 1. */
  readonly step: number;
  /** Added to the gradient times the parameter (coupled). */
  readonly l2: number;
  /** The parameter shrinks by learningRate times this before the step (AdamW). */
  readonly decoupledDecay: number;
}

/** One step of Adam in place. All contiguous, of one shape. */
export interface AdamCall {
  /** Read and written, as `m` and `v`. */
  readonly parameter: View;
  readonly grad: View;
  readonly m: View;
  readonly v: View;
  /** One element that the gradient is multiplied by. */
  readonly gradScale?: View;
  readonly options: AdamOptions;
}
