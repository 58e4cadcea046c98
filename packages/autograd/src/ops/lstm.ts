import * as T from "@retort/tensor";
import { apply, defineOp } from "../tape.js";
import { type Operand, Variable } from "../variable.js";
import { add, mul, sigmoid, tanh } from "./arithmetic.js";
import { matmul } from "./matmul.js";
import { reshape, slice, squeeze, stack, transpose } from "./views.js";

const op = defineOp<T.LstmOptions>({
  name: "lstm",
  forward: ([gates, weight, h, c], options) => {
    const initial = h === undefined ? undefined : { h, c };
    const { output, cell, activations } = T.lstmSequence(gates, weight, options, initial);
    return { outputs: [output, cell], saved: [activations] };
  },
  // Of the cell states only the last may carry a gradient: that is all that the public function hands out.
  vjp: ({
    grads: [grad, cellGrad],
    inputs: [, weightHh, h, c],
    outputs: [output, cell],
    saved: [activations],
    attributes: options,
  }) => {
    const last = options.reverse ? 0 : output.shape[1] - 1;
    const outputGrad = grad?.value ?? T.zeros(output.shape, output.dtype);
    const found = T.lstmSequenceGrad({
      outputGrad,
      lastCGrad: cellGrad && T.squeeze(T.slice(cellGrad.value, 1, last, last + 1), 1),
      output: output.value,
      cell: cell.value,
      activations,
      weightHh: weightHh.value,
      options,
      initial: h && { h: h.value, c: c.value },
    });
    const state = found.initial === undefined ? [] : [found.initial.h, found.initial.c];
    return [found.gates, found.weightHh, ...state].map((value) => new Variable(value));
  },
  twin: ([gates, weight, h0, c0], { reverse }) => {
    const [batch, steps, width] = [gates.shape[0], gates.shape[1], weight.shape[1]];
    const state = (): Variable => new Variable(T.zeros([batch, width], gates.dtype));
    let [h, c] = [h0 ?? state(), c0 ?? state()];
    const outputs: Variable[] = [];
    const cells: Variable[] = [];
    for (let step = 0; step < steps; step++) {
      const t = reverse ? steps - 1 - step : step;
      const all = add(squeeze(slice(gates, 1, t, t + 1), 1), matmul(h, transpose(weight)));
      const [i, f, g, o] = [0, 1, 2, 3].map((part) => slice(all, 1, part * width, (part + 1) * width));
      c = add(mul(sigmoid(f), c), mul(sigmoid(i), tanh(g)));
      h = mul(sigmoid(o), tanh(c));
      outputs[t] = h;
      cells[t] = c;
    }
    return [stack(outputs, 1), stack(cells, 1)];
  },
});

/** State of an LSTM layer, each [B, H]. */
export interface LstmState {
  readonly h: Variable;
  readonly c: Variable;
}

/**
 * One layer of a long short-term memory, one direction, over a whole sequence: `gates` [B, T, 4H] is the input times its
 * weights plus both biases, `weightHh` [4H, H], gates in the order input, forget, cell, output. Returns the outputs
 * [B, T, H] and the state after the last step in the order of time.
 * Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
 * @throws ShapeError when shapes do not fit
 */
export function lstm(
  gates: Operand,
  weightHh: Operand,
  { reverse = false, initial }: { reverse?: boolean; initial?: LstmState } = {},
): { output: Variable; last: LstmState } {
  const operands = initial === undefined ? [gates, weightHh] : [gates, weightHh, initial.h, initial.c];
  const [output, cell] = apply(op, operands, { reverse });
  const [batch, steps, width] = output.shape;
  const at = reverse ? 0 : steps - 1;
  const pick = (x: Variable): Variable => reshape(slice(x, 1, at, at + 1), [batch, width]);
  // Picked on demand: a recorded slice that no loss reads would keep the whole sequence alive.
  const last = {
    get h(): Variable {
      return pick(output);
    },
    get c(): Variable {
      return pick(cell);
    },
  };
  return { output, last };
}
