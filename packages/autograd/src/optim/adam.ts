import { adamStep } from "@retort/tensor";
import type { Parameter } from "../variable.js";
import { Optimizer, type OptimizerOptions } from "./optimizer.js";
import type { Update } from "./update.js";

/** Settings of `Adam`. */
export interface AdamOptions extends OptimizerOptions {
  /** Share of the mean gradient that stays at each step. Default 0.9. */
  readonly beta1?: number;
  /** Share of the mean squared gradient that stays at each step. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the mean squared gradient. Default 1e-8. */
  readonly epsilon?: number;
}

/**
 * Adam, in one pass over each parameter: the gradient's running mean divided by the root of its running mean square,
 * both corrected for their start at 0 by the number of updates that the parameter has had.
 * Source: Kingma and Ba 2015; the order of rounding is Paddle's.
 */
export class Adam extends Optimizer {
  override readonly name: string = "Adam";
  protected override readonly slots: readonly string[] = ["moment1", "moment2"];
  private readonly beta1: number;
  private readonly beta2: number;
  private readonly epsilon: number;

  constructor(parameters: Iterable<Parameter>, options: AdamOptions) {
    super(parameters, options);
    this.beta1 = options.beta1 ?? 0.9;
    this.beta2 = options.beta2 ?? 0.999;
    this.epsilon = options.epsilon ?? 1e-8;
  }

  /** How much of a parameter decays beside the gradient; nothing in Adam itself. */
  protected decayOf(_parameter: Parameter): number {
    return 0;
  }

  protected override update(update: Update, owner: Parameter): void {
    const { parameter, gradient, scale, l2, learningRate, count, state } = update;
    const { beta1, beta2, epsilon } = this;
    const decoupledDecay = this.decayOf(owner);
    const options = { learningRate, beta1, beta2, epsilon, step: count, l2, decoupledDecay };
    adamStep(parameter, gradient, state[0], state[1], options, scale);
  }
}
