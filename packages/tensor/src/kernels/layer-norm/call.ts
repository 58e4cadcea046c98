import type { View } from "../../device.js";

/** Normalizes every row. All contiguous. */
export interface LayerNormCall {
  /** [rows, n] */
  readonly input: View;
  /** [n] */
  readonly gamma: View;
  readonly beta: View;
  readonly epsilon: number;
  /** [rows, n] */
  readonly output: View;
  /** [rows], written. */
  readonly mean: View;
  /** [rows], written: 1 / sqrt(variance + epsilon). */
  readonly inverseStd: View;
}

/** Gradients of `LayerNormCall`. All contiguous. */
export interface LayerNormGradCall {
  readonly grad: View;
  readonly input: View;
  readonly mean: View;
  readonly inverseStd: View;
  readonly gamma: View;
  readonly inputGrad: View;
  readonly gammaGrad: View;
  readonly betaGrad: View;
}
