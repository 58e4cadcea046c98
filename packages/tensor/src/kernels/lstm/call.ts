import type { View } from "../../device.js";

/** One LSTM layer over a sequence, in one direction; gates in the order input, forget, cell, output. All contiguous. */
export interface LstmCall {
  /** [B, T, 4H]: the input's share of the gates, both biases added. */
  readonly gates: View;
  /** [4H, H] */
  readonly weight: View;
  /** [B, H]; zeros if missing. */
  readonly initialH?: View;
  readonly initialC?: View;
  /** Whether time runs from the last step to the first. */
  readonly reverse: boolean;
  /** [B, T, H] */
  readonly output: View;
  /** [B, T, H] */
  readonly cell: View;
  /** [B, T, 4H]: the gates after sigmoid and tanh. */
  readonly activations: View;
}

/** Gradients of `LstmCall` without that of the weight, which is a matrix product of what is written here. All contiguous. */
export interface LstmGradCall {
  /** [B, T, H] */
  readonly outputGrad: View;
  /** [B, H]; gradient of the output and of the cell of the last step. */
  readonly lastHGrad?: View;
  readonly lastCGrad?: View;
  readonly cell: View;
  readonly activations: View;
  readonly weight: View;
  readonly initialC?: View;
  readonly reverse: boolean;
  /** [B, T, 4H] */
  readonly gatesGrad: View;
  /** [B, H]; not computed if missing, which saves the product of a step. */
  readonly initialHGrad?: View;
  /** [B, H]; the gradient of the cell is kept here from step to step. */
  readonly initialCGrad: View;
}
