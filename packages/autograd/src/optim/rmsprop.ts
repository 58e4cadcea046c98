import { evaluateInto, expression } from "@retort/tensor";
import type { Parameter } from "../variable.js";
import { Optimizer, type OptimizerOptions } from "./optimizer.js";
import { regularisedGradient, type Update } from "./update.js";

/** Settings of `RMSProp`. */
export interface RMSPropOptions extends OptimizerOptions {
  /** Share of the mean squared gradient that stays at each step. Default 0.95. */
  readonly rho?: number;
  /** How much of the last move is repeated. Default 0. */
  readonly momentum?: number;
  /** Added to the mean square under the root. Default 1e-6. */
  readonly epsilon?: number;
}

const average = expression(({ mean, g }, { rho, rest }) => mean.mul(rho).add(g.mul(g).mul(rest)));
const accelerate = expression(({ move, g, mean }, { momentum, rate, epsilon }) =>
  move.mul(momentum).add(g.mul(rate).div(mean.add(epsilon).sqrt())),
);
const descend = expression(({ w, move }) => w.sub(move));

/**
 * RMSProp: s = rho · s + (1 - rho) g²; v = momentum · v + learningRate · g / sqrt(s + epsilon); w -= v.
 * Source: Tieleman and Hinton 2012; epsilon under the root as in Paddle.
 */
export class RMSProp extends Optimizer {
  override readonly name = "RMSProp";
  protected override readonly slots: readonly string[] = ["meanSquare", "move"];
  private readonly rho: number;
  private readonly momentum: number;
  private readonly epsilon: number;

  constructor(parameters: Iterable<Parameter>, options: RMSPropOptions) {
    super(parameters, options);
    this.rho = options.rho ?? 0.95;
    this.momentum = options.momentum ?? 0;
    this.epsilon = options.epsilon ?? 1e-6;
  }

  protected override update(update: Update): void {
    const { parameter, learningRate, state } = update;
    const [meanSquare, move] = state;
    const gradient = regularisedGradient(update);
    evaluateInto(meanSquare, average, [meanSquare, gradient], [this.rho, 1 - this.rho]);
    evaluateInto(move, accelerate, [move, gradient, meanSquare], [this.momentum, learningRate, this.epsilon]);
    evaluateInto(parameter, descend, [parameter, move]);
  }
}
