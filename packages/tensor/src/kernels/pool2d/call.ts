import type { View } from "../../device.js";

/** Windows of a 2-d pooling, [vertical, horizontal]. */
export interface Pool2dWindow {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
}

/** Largest element of every window. All contiguous. */
export interface MaxPool2dCall {
  /** [N, C, H, W] */
  readonly input: View;
  /** [N, C, OH, OW] */
  readonly output: View;
  /** int32, the shape of `output`: position of the largest element in its plane, y * W + x. */
  readonly indices: View;
  readonly window: Pool2dWindow;
}

/** Adds every gradient to the position that was largest. All contiguous. */
export interface MaxPool2dGradCall {
  readonly grad: View;
  readonly indices: View;
  /** [N, C, H, W] */
  readonly output: View;
  /** If known: a device that cannot scatter looks only at the windows that hold an element. */
  readonly window?: Pool2dWindow;
}

/** Mean of every window. All contiguous. */
export interface AvgPool2dCall {
  /** [N, C, H, W] */
  readonly input: View;
  /** [N, C, OH, OW] */
  readonly output: View;
  readonly window: Pool2dWindow;
  /** Whether padding is left out of the count. */
  readonly exclusive: boolean;
}

/** Spreads every gradient over its window. All contiguous. */
export interface AvgPool2dGradCall {
  readonly grad: View;
  /** [N, C, H, W] */
  readonly output: View;
  readonly window: Pool2dWindow;
  readonly exclusive: boolean;
}
