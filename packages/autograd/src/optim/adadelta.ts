import { evaluate, evaluateInto, expression } from "@retort/tensor";
import type { Parameter } from "../variable.js";
import { Optimizer, type OptimizerOptions } from "./optimizer.js";
import { regularisedGradient, type Update } from "./update.js";

/** Settings of `Adadelta`. */
export interface AdadeltaOptions extends OptimizerOptions {
  /** Share of the two mean squares that stays at each step. Default 0.95. */
  readonly rho?: number;
  /** Added to both mean squares. Default 1e-6. */
  readonly epsilon?: number;
}

const average = expression(({ mean, x }, { rho, rest }) => mean.mul(rho).add(x.mul(x).mul(rest)));
const adapt = expression(({ g, moves, squares }, { epsilon }) =>
  g.mul(moves.add(epsilon).div(squares.add(epsilon)).sqrt()),
);
const descend = expression(({ w, move }, { rate }) => w.sub(move.mul(rate)));

/**
 * Adadelta: s = rho · s + (1 - rho) g²; d = g · sqrt((u + epsilon) / (s + epsilon)); u = rho · u + (1 - rho) d²;
 * w -= learningRate · d. Source: Zeiler 2012; the learning rate as in Paddle.
 */
export class Adadelta extends Optimizer {
  override readonly name = "Adadelta";
  protected override readonly slots: readonly string[] = ["meanSquare", "meanSquareMove"];
  private readonly rho: number;
  private readonly epsilon: number;

  constructor(parameters: Iterable<Parameter>, options: AdadeltaOptions) {
    super(parameters, options);
    this.rho = options.rho ?? 0.95;
    this.epsilon = options.epsilon ?? 1e-6;
  }

  protected override update(update: Update): void {
    const { parameter, learningRate, state } = update;
    const [squares, moves] = state;
    const rest = 1 - this.rho;
    const gradient = regularisedGradient(update);
    evaluateInto(squares, average, [squares, gradient], [this.rho, rest]);
    const move = evaluate(adapt, [gradient, moves, squares], [this.epsilon]);
    evaluateInto(moves, average, [moves, move], [this.rho, rest]);
    evaluateInto(parameter, descend, [parameter, move], [learningRate]);
  }
}
