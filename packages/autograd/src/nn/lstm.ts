import { add } from "../ops/arithmetic.js";
import { concat } from "../ops/concat.js";
import { type LstmState, lstm } from "../ops/lstm.js";
import { matmul } from "../ops/matmul.js";
import { transpose } from "../ops/views.js";
import { asVariable, type Operand, Parameter, type Variable } from "../variable.js";
import { Dropout } from "./dropout.js";
import { uniformInitializer } from "./initializers.js";
import { type Member, Module } from "./module.js";

/** How an LSTM differs from the usual. */
export interface LstmLayerOptions {
  readonly layers?: number;
  readonly bidirectional?: boolean;
  /** Dropout between layers, in training. */
  readonly dropout?: number;
}

/** The four parameters of one direction of one layer. */
class Cell {
  readonly weight_ih: Parameter;
  readonly weight_hh: Parameter;
  readonly bias_ih: Parameter;
  readonly bias_hh: Parameter;

  constructor(inputs: number, width: number) {
    const limit = 1 / Math.sqrt(width);
    const uniform = uniformInitializer(-limit, limit);
    this.weight_ih = new Parameter(uniform([4 * width, inputs]));
    this.weight_hh = new Parameter(uniform([4 * width, width]));
    this.bias_ih = new Parameter(uniform([4 * width]));
    this.bias_hh = new Parameter(uniform([4 * width]));
  }

  run(x: Variable, reverse: boolean, initial?: LstmState): { output: Variable; last: LstmState } {
    const gates = matmul(x, transpose(this.weight_ih), add(this.bias_ih, this.bias_hh));
    return lstm(gates, this.weight_hh, { reverse, initial });
  }
}

/**
 * Long short-term memory over x [B, T, in], several layers, one or two directions: outputs [B, T, H] or, with both
 * directions after each other, [B, T, 2H]. Weights are [4H, in] and [4H, H] with gates in the order input, forget, cell,
 * output, and there are two biases, as in Paddle, whose state dict lists each parameter under two keys; so does ours, and
 * a state with one of them is enough.
 */
export class Lstm extends Module {
  /** By layer and direction. */
  readonly cells: readonly (readonly Cell[])[];
  private readonly between: Dropout;

  constructor(
    inputs: number,
    width: number,
    { layers = 1, bidirectional = false, dropout = 0 }: LstmLayerOptions = {},
  ) {
    super();
    const directions = bidirectional ? 2 : 1;
    this.cells = Array.from({ length: layers }, (_, layer) =>
      Array.from({ length: directions }, () => new Cell(layer === 0 ? inputs : width * directions, width)),
    );
    this.between = new Dropout(dropout);
  }

  override *members(): Iterable<readonly [string, Member]> {
    const fields = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"] as const;
    for (const [layer, cells] of this.cells.entries()) {
      for (const [direction, cell] of cells.entries()) {
        for (const field of fields) yield [`${field}_l${layer}${direction === 1 ? "_reverse" : ""}`, cell[field]];
      }
    }
    for (const [layer, cells] of this.cells.entries()) {
      for (const [direction, cell] of cells.entries()) {
        const name = cells.length === 1 ? "cell" : direction === 0 ? "cell_fw" : "cell_bw";
        for (const field of fields) yield [`${layer}.${name}.${field}`, cell[field]];
      }
    }
    yield ["between", this.between];
  }

  /** Outputs of the last layer, and the state of each layer after the last step (one direction only). */
  forward(x: Operand, initial?: readonly LstmState[]): { output: Variable; last: LstmState[] } {
    let value = asVariable(x);
    const last: LstmState[] = [];
    for (const [layer, cells] of this.cells.entries()) {
      const results = cells.map((cell, direction) => cell.run(value, direction === 1, initial?.[layer]));
      value =
        results.length === 1
          ? results[0].output
          : concat(
              results.map((result) => result.output),
              2,
            );
      last.push(results[0].last);
      if (layer < this.cells.length - 1) value = this.between.forward(value);
    }
    return { output: value, last };
  }
}
