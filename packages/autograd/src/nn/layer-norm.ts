import { full } from "@retort/tensor";
import { layerNorm } from "../ops/layer-norm.js";
import { type Operand, Parameter, type Variable } from "../variable.js";
import { Module } from "./module.js";

/** Layer normalization over the last axis, with a gain and an offset for each channel. */
export class LayerNorm extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly epsilon: number;

  constructor(channels: number, { epsilon = 1e-5 }: { readonly epsilon?: number } = {}) {
    super();
    this.weight = new Parameter(full([channels], 1));
    this.bias = new Parameter(full([channels], 0));
    this.epsilon = epsilon;
  }

  /** @throws ShapeError when the last axis of `x` has another length */
  forward(x: Operand): Variable {
    return layerNorm(x, this.weight, this.bias, this.epsilon);
  }
}
