import { type Operand, softmax, type Variable } from "@retort/autograd";
import { Linear, Module, uniformInitializer } from "@retort/autograd/nn";

/** What a config can say about a CTC head. */
export interface CtcHeadOptions {
  /** L2 factor of its weights and biases, in place of the optimizer's. */
  readonly fcDecay: number;
  /** Width between two linear layers, with nothing between them; without it there is one layer. */
  readonly midChannels?: number;
}

function linear(inputs: number, outputs: number, l2: number): Linear {
  const limit = 1 / Math.sqrt(inputs);
  const uniform = uniformInitializer(-limit, limit);
  return new Linear(inputs, outputs, { weightInit: uniform, biasInit: uniform, parameters: { l2 } });
}

/** Class scores of each step: [B, T, C] to logits [B, T, classes], in evaluation probabilities (rec_ctc_head.py). */
export class CtcHead extends Module {
  readonly fc: Linear | undefined;
  readonly fc1: Linear | undefined;
  readonly fc2: Linear | undefined;

  constructor(inputs: number, classes: number, { fcDecay, midChannels }: CtcHeadOptions) {
    super();
    if (midChannels === undefined) {
      this.fc = linear(inputs, classes, fcDecay);
    } else {
      this.fc1 = linear(inputs, midChannels, fcDecay);
      this.fc2 = linear(midChannels, classes, fcDecay);
    }
  }

  forward(x: Operand): Variable {
    const logits = this.fc?.forward(x) ?? (this.fc2 as Linear).forward((this.fc1 as Linear).forward(x));
    return this.training ? logits : softmax(logits);
  }
}
