import type { View } from "../../device.js";

/** Softmax over P of sum over d of score[d] tanh(query[b, t, d] + key[b, d, p]) + bias. All contiguous. */
export interface AdditiveAttentionCall {
  /** [B, T, D] */
  readonly query: View;
  /** [B, D, P] */
  readonly key: View;
  /** [D] */
  readonly score: View;
  /** One element. */
  readonly scoreBias: View;
  /** [B], int32: positions whose column p % width is not below it weigh 0. */
  readonly validWidth: View;
  readonly width: number;
  /** [B, T, P] */
  readonly output: View;
}

/** Gradients of `AdditiveAttentionCall`. All contiguous. */
export interface AdditiveAttentionGradCall {
  /** [B, T, P] */
  readonly grad: View;
  /** [B, T, P]: the output of the forward pass. */
  readonly weights: View;
  readonly query: View;
  readonly key: View;
  readonly score: View;
  readonly queryGrad: View;
  readonly keyGrad: View;
  readonly scoreGrad: View;
  readonly scoreBiasGrad: View;
}
