import type { Operand, Variable } from "@retort/autograd";
import { Dropout, type Initializer, Linear, Module } from "@retort/autograd/nn";

/** How an Mlp differs from others. */
export interface MlpOptions {
  readonly activation: (x: Operand) => Variable;
  /** Dropout behind each of the two layers. */
  readonly dropRate: number;
  readonly weightInit?: Initializer;
}

/** Two linear layers over the last axis with an activation between them (backbones/rec_svtrnet.py Mlp). */
export class Mlp extends Module {
  readonly fc1: Linear;
  readonly fc2: Linear;
  readonly drop: Dropout;
  private readonly activation: (x: Operand) => Variable;

  constructor(channels: number, hidden: number, { activation, dropRate, weightInit }: MlpOptions) {
    super();
    this.fc1 = new Linear(channels, hidden, { weightInit });
    this.fc2 = new Linear(hidden, channels, { weightInit });
    this.drop = new Dropout(dropRate);
    this.activation = activation;
  }

  /** @throws ShapeError when the last axis of `x` has another length */
  forward(x: Operand): Variable {
    const inner = this.drop.forward(this.activation(this.fc1.forward(x)));
    return this.drop.forward(this.fc2.forward(inner));
  }
}
