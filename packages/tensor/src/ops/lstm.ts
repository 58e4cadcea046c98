import { commonDevice } from "../devices.js";
import type { DType } from "../dtype.js";
import { scope } from "../memory.js";
import { Tensor } from "../tensor.js";
import { needShape, needShapes, oneFloatingDtype } from "./check.js";
import { concat } from "./concat.js";
import { contiguous } from "./copy.js";
import { zeros } from "./create.js";
import { matmul } from "./matmul.js";
import { expandDims, reshape, slice, transpose } from "./views.js";

/** Direction of an LSTM. */
export interface LstmOptions {
  /** Whether time runs from the last step to the first; outputs stay at the place of their input. */
  readonly reverse: boolean;
}

/** State before the first step, each [B, H]. */
export interface LstmState {
  readonly h: Tensor;
  readonly c: Tensor;
}

/** What `lstmSequence` gives; `lstmSequenceGrad` needs all of it. */
export interface LstmResult {
  /** [B, T, H] */
  readonly output: Tensor;
  /** [B, T, H] */
  readonly cell: Tensor;
  /** The gates after sigmoid and tanh, [B, T, 4H]. */
  readonly activations: Tensor;
}

function present(tensors: Readonly<Record<string, Tensor | undefined>>): Tensor[] {
  return Object.values(tensors).filter((x) => x !== undefined);
}

/** [B, T, H] and the dtype of a layer. */
function check(
  operation: string,
  gates: Tensor,
  weightHh: Tensor,
  states: Readonly<Record<string, Tensor | undefined>>,
): [number[], DType] {
  const dtype = oneFloatingDtype(operation, { gates, weightHh, ...states });
  const hidden = weightHh.shape[1];
  const fits =
    gates.rank === 3 && weightHh.rank === 2 && weightHh.shape[0] === 4 * hidden && gates.shape[2] === 4 * hidden;
  needShapes(operation, fits, "gates [B, T, 4H] and weightHh [4H, H]", { gates, weightHh });
  needShape(operation, [gates.shape[0], hidden], states);
  return [[gates.shape[0], gates.shape[1], hidden], dtype];
}

/**
 * One LSTM layer in one direction (Hochreiter and Schmidhuber, 1997; with forget gates). `gates` [B, T, 4H] is the input's
 * share, x Wih' with both biases, in the order input, forget, cell, output; each step adds h weightHh' and computes
 * c = f c + i g and h = o tanh(c).
 * @throws ShapeError @throws DTypeError
 */
export function lstmSequence(gates: Tensor, weightHh: Tensor, options: LstmOptions, initial?: LstmState): LstmResult {
  const [shape, dtype] = check("lstmSequence", gates, weightHh, { initialH: initial?.h, initialC: initial?.c });
  const device = commonDevice(present({ gates, weightHh, h: initial?.h, c: initial?.c }));
  return scope(() => {
    const [output, cell, activations] = [shape, shape, gates.shape].map((lengths) =>
      Tensor.allocate(device, dtype, lengths),
    );
    device.run("lstm", {
      gates: contiguous(gates),
      weight: contiguous(weightHh),
      initialH: initial && contiguous(initial.h),
      initialC: initial && contiguous(initial.c),
      reverse: options.reverse,
      output,
      cell,
      activations,
    });
    return { output, cell, activations };
  });
}

/** What the gradient of an LSTM layer is made of. */
export interface LstmGradInputs extends LstmResult {
  /** [B, T, H] */
  readonly outputGrad: Tensor;
  /** Gradient [B, H] of the output of the last step, in the order of time, on top of `outputGrad`. */
  readonly lastHGrad?: Tensor;
  /** Gradient [B, H] of the cell of the last step. */
  readonly lastCGrad?: Tensor;
  readonly weightHh: Tensor;
  readonly options: LstmOptions;
  readonly initial?: LstmState;
}

/** Gradients of an LSTM layer. */
export interface LstmGrads {
  /** [B, T, 4H] */
  readonly gates: Tensor;
  /** [4H, H] */
  readonly weightHh: Tensor;
  /** [B, H] each; missing where the layer began without a state. */
  readonly initial?: LstmState;
}

/**
 * Gradients of `lstmSequence`.
 * @throws ShapeError @throws DTypeError
 */
export function lstmSequenceGrad(inputs: LstmGradInputs): LstmGrads {
  const { outputGrad, lastHGrad, lastCGrad, output, cell, activations, weightHh, options, initial } = inputs;
  const states = { lastHGrad, lastCGrad, initialH: initial?.h, initialC: initial?.c };
  const [shape, dtype] = check("lstmSequenceGrad", activations, weightHh, states);
  oneFloatingDtype("lstmSequenceGrad", { activations, outputGrad, output, cell });
  needShape("lstmSequenceGrad", shape, { outputGrad, output, cell });
  const device = commonDevice(present({ outputGrad, output, cell, activations, weightHh, ...states }));
  return scope(() => {
    const state = [shape[0], shape[2]];
    const [gates, c] = [activations.shape, state].map((lengths) => Tensor.allocate(device, dtype, lengths));
    const h = initial && Tensor.allocate(device, dtype, state);
    device.run("lstmGrad", {
      outputGrad: contiguous(outputGrad),
      lastHGrad: lastHGrad && contiguous(lastHGrad),
      lastCGrad: lastCGrad && contiguous(lastCGrad),
      cell: contiguous(cell),
      activations: contiguous(activations),
      weight: contiguous(weightHh),
      initialC: initial && contiguous(initial.c),
      reverse: options.reverse,
      gatesGrad: gates,
      initialHGrad: h,
      initialCGrad: c,
    });
    return { gates, weightHh: weightGrad(gates, output, options.reverse, initial?.h), initial: h && { h, c } };
  });
}

/** Sum over steps and samples of gate gradient times the output before. */
function weightGrad(gates: Tensor, output: Tensor, reverse: boolean, initialH?: Tensor): Tensor {
  const [batch, steps, hidden] = output.shape;
  const rows = batch * steps;
  if (rows === 0) return zeros([4 * hidden, hidden], gates.dtype);
  const first = initialH ?? zeros([batch, hidden], gates.dtype);
  const start = expandDims(first, 1);
  const rest = reverse ? slice(output, 1, 1) : slice(output, 1, 0, steps - 1);
  const before = concat(reverse ? [rest, start] : [start, rest], 1);
  return matmul(transpose(reshape(gates, [rows, 4 * hidden])), reshape(before, [rows, hidden]));
}
