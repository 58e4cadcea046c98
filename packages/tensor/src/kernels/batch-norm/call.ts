import type { View } from "../../device.js";
import type { Expression } from "../../expr/expression.js";

/** A function of one input that is applied to the normalized values in the same pass. */
export interface Activation {
  readonly expression: Expression;
  /** In the order of `expression.parameters`. */
  readonly parameters: readonly number[];
}

/** Normalizes over all axes but the second, with the statistics of the batch. All contiguous. */
export interface BatchNormCall {
  /** [N, C, inner] */
  readonly input: View;
  /** [C] */
  readonly gamma: View;
  readonly beta: View;
  readonly epsilon: number;
  /** [N, C, inner] */
  readonly output: View;
  /** [C], written. */
  readonly mean: View;
  /** [C], written; divided by the count (biased). */
  readonly variance: View;
  /** [C], written: 1 / sqrt(variance + epsilon). */
  readonly inverseStd: View;
  readonly activation?: Activation;
}

/** Gradients of `BatchNormCall`. All contiguous. */
export interface BatchNormGradCall {
  readonly grad: View;
  readonly input: View;
  readonly mean: View;
  readonly inverseStd: View;
  readonly gamma: View;
  /** With the `beta` of the forward pass, since the activation's derivative is computed again from the input. */
  readonly activation?: Activation & { readonly beta: View };
  readonly inputGrad: View;
  readonly gammaGrad: View;
  readonly betaGrad: View;
}

/** Normalizes with given statistics. All contiguous. */
export interface BatchNormInferenceCall {
  readonly input: View;
  readonly gamma: View;
  readonly beta: View;
  readonly mean: View;
  readonly variance: View;
  readonly epsilon: number;
  readonly output: View;
  readonly activation?: Activation;
}
