import type { Operand, Variable } from "@retort/autograd";
import { Conv2d, Linear, Module } from "@retort/autograd/nn";
import { formatShape, type Shape, ShapeError } from "@retort/tensor";

/** Brings a student's feature to the shape of a teacher's. Trains with the student and is not exported. */
export class Adapter extends Module {
  readonly conv: Conv2d | undefined;
  readonly linear: Linear | undefined;

  /**
   * `conv1x1` changes the channels of [B, C, H, W], `linear` the last axis of [B, T, C].
   * @throws ShapeError when the other axes differ
   */
  constructor(type: "conv1x1" | "linear", from: Shape, to: Shape) {
    super();
    const axis = type === "conv1x1" ? 1 : from.length - 1;
    const rankFits = type === "conv1x1" ? from.length === 4 : from.length >= 2;
    if (!rankFits || from.length !== to.length || from.some((length, i) => i !== axis && length !== to[i])) {
      throw new ShapeError(
        `a ${type} adapter cannot bring ${formatShape(from)} to ${formatShape(to)}: only axis ${axis} may differ`,
      );
    }
    if (type === "conv1x1") this.conv = new Conv2d(from[1], to[1], { kernel: 1 });
    else this.linear = new Linear(from[axis], to[axis]);
  }

  forward(x: Operand): Variable {
    return this.conv?.forward(x) ?? (this.linear as Linear).forward(x);
  }
}
