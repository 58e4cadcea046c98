import { asVariable, type Operand, type Variable } from "@retort/autograd";
import { Conv2d, Linear, Module } from "@retort/autograd/nn";
import { formatShape, type Shape, ShapeError } from "@retort/tensor";
import type { AdapterConfig } from "../config/schema/loss.js";
import { resize } from "./resize.js";

type AdapterType = AdapterConfig["type"];

/**
 * Brings a student's feature to the shape of a teacher's. Trains with the student and is not exported. `conv1x1`
 * changes the channels of a map [B, C, H, W] and `linear` the width of a sequence [B, T, C], both by weights that
 * start as those of any such layer; `resize` has no weights and changes H and W of a map or T of a sequence.
 */
export class Adapter extends Module {
  readonly conv: Conv2d | undefined;
  readonly linear: Linear | undefined;
  private readonly type: AdapterType;

  /** `from` and `to` are the channels of maps or the widths of sequences; `resize` changes neither and ignores them. */
  constructor(type: AdapterType, from: number, to: number) {
    super();
    this.type = type;
    if (type === "conv1x1") this.conv = new Conv2d(from, to, { kernel: 1 });
    if (type === "linear") this.linear = new Linear(from, to);
  }

  /** @throws ShapeError when this kind of adapter, or one of these widths, cannot bring `x` to `shape` */
  forward(x: Operand, shape: Shape): Variable {
    const value = asVariable(x);
    const free = freeAxes(this.type, value.shape.length);
    if (free === undefined || shape.length !== value.shape.length || differ(value.shape, shape, free)) {
      const why = free === undefined ? "it takes no such feature" : `only axis ${free.join(" and ")} may differ`;
      throw new ShapeError(
        `a ${this.type} adapter cannot bring ${formatShape(value.shape)} to ${formatShape(shape)}: ${why}`,
      );
    }
    return this.conv?.forward(value) ?? this.linear?.forward(value) ?? resize(value, shape);
  }
}

/** The axes that an adapter changes in a feature of this rank; undefined when it takes none of that rank. */
function freeAxes(type: AdapterType, rank: number): readonly number[] | undefined {
  if (rank === 4) return { conv1x1: [1], linear: undefined, resize: [2, 3] }[type];
  return rank === 3 ? { conv1x1: undefined, linear: [2], resize: [1] }[type] : undefined;
}

function differ(from: Shape, to: Shape, free: readonly number[]): boolean {
  return from.some((length, axis) => !free.includes(axis) && length !== to[axis]);
}
