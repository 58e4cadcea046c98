import { evaluateInto, expression } from "@retort/tensor";
import type { Parameter } from "../variable.js";
import { Optimizer, type OptimizerOptions } from "./optimizer.js";
import { regularisedGradient, type Update } from "./update.js";

/** Settings of `Momentum`. */
export interface MomentumOptions extends OptimizerOptions {
  /** How much of the velocity stays at each step. Default 0.9. */
  readonly momentum?: number;
}

const accelerate = expression(({ velocity, g }, { momentum }) => velocity.mul(momentum).add(g));
const descend = expression(({ w, velocity }, { rate }) => w.sub(velocity.mul(rate)));

/** Gradient descent with momentum: v = momentum · v + g; w -= learningRate · v. Source: Polyak 1964. */
export class Momentum extends Optimizer {
  override readonly name = "Momentum";
  protected override readonly slots: readonly string[] = ["velocity"];
  private readonly momentum: number;

  constructor(parameters: Iterable<Parameter>, options: MomentumOptions) {
    super(parameters, options);
    this.momentum = options.momentum ?? 0.9;
  }

  protected override update(update: Update): void {
    const { parameter, learningRate, state } = update;
    const [velocity] = state;
    evaluateInto(velocity, accelerate, [velocity, regularisedGradient(update)], [this.momentum]);
    evaluateInto(parameter, descend, [parameter, velocity], [learningRate]);
  }
}
