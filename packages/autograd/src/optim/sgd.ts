import { evaluateInto, expression } from "@retort/tensor";
import { Optimizer } from "./optimizer.js";
import { regularisedGradient, type Update } from "./update.js";

const descend = expression(({ w, g }, { rate }) => w.sub(g.mul(rate)));

/** Stochastic gradient descent: w -= learningRate · g. */
export class SGD extends Optimizer {
  override readonly name = "SGD";
  protected override readonly slots: readonly string[] = [];

  protected override update(update: Update): void {
    const { parameter, learningRate } = update;
    evaluateInto(parameter, descend, [parameter, regularisedGradient(update)], [learningRate]);
  }
}
