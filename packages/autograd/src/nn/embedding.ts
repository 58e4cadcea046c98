import { fill, slice, type Tensor } from "@retort/tensor";
import { gatherRows } from "../ops/gather.js";
import { Parameter, type Variable } from "../variable.js";
import { type Initializer, xavierUniform } from "./initializers.js";
import { Module } from "./module.js";

/** How an embedding differs from the usual. */
export interface EmbeddingOptions {
  /** An index whose vector is 0. */
  readonly padding?: number;
  readonly weightInit?: Initializer;
}

/** A vector for each of `count` indices. The row of `padding`, if there is one, is 0 and stays so. */
export class Embedding extends Module {
  readonly weight: Parameter;
  private readonly padding: number | undefined;

  constructor(count: number, width: number, { padding, weightInit = xavierUniform }: EmbeddingOptions = {}) {
    super();
    this.weight = new Parameter(weightInit([count, width]));
    this.padding = padding;
    if (padding !== undefined) fill(slice(this.weight.value, 0, padding, padding + 1), 0);
  }

  /** Rows [..., width] for int32 `indices` [...]. @throws RangeError for an index outside of the table */
  forward(indices: Tensor): Variable {
    return gatherRows(this.weight, indices, this.padding);
  }
}
