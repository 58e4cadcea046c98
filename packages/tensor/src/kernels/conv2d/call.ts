import type { View } from "../../device.js";

/** Geometry of a 2-d convolution, [vertical, horizontal]. */
export interface Conv2dOptions {
  readonly stride: readonly [number, number];
  /** Zeros on both sides. */
  readonly padding: readonly [number, number];
  readonly dilation: readonly [number, number];
  /** Channels are cut into this many parts that do not see each other. */
  readonly groups: number;
}

/** output = input * weight + bias. All contiguous. */
export interface Conv2dCall {
  /** [N, C, H, W] */
  readonly input: View;
  /** [O, C / groups, kh, kw] */
  readonly weight: View;
  /** [O] */
  readonly bias?: View;
  /** [N, O, OH, OW] */
  readonly output: View;
  readonly options: Conv2dOptions;
}

/** The gradient of the input. All contiguous. */
export interface Conv2dInputGradCall {
  /** [N, O, OH, OW] */
  readonly grad: View;
  /** [O, C / groups, kh, kw] */
  readonly weight: View;
  /** [N, C, H, W] */
  readonly output: View;
  readonly options: Conv2dOptions;
}

/** The gradient of the weight. All contiguous. */
export interface Conv2dWeightGradCall {
  /** [N, C, H, W] */
  readonly input: View;
  /** [N, O, OH, OW] */
  readonly grad: View;
  /** [O, C / groups, kh, kw] */
  readonly output: View;
  readonly options: Conv2dOptions;
}
