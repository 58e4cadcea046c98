import { matmul } from "../ops/matmul.js";
import { type Operand, Parameter, type ParameterOptions, type Variable } from "../variable.js";
import { constantInitializer, type Initializer, xavierUniform } from "./initializers.js";
import { Module } from "./module.js";

/** How a linear layer differs from the usual. */
export interface LinearOptions {
  /** False leaves the bias out. */
  readonly bias?: boolean;
  readonly weightInit?: Initializer;
  readonly biasInit?: Initializer;
  /** Applies to weight and bias. */
  readonly parameters?: ParameterOptions;
}

/** x [..., in] · weight [in, out] + bias [out]. Weights are Xavier-uniform at first, biases 0, as in Paddle. */
export class Linear extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;

  constructor(inputs: number, outputs: number, options: LinearOptions = {}) {
    super();
    const { weightInit = xavierUniform, biasInit = constantInitializer(0) } = options;
    this.weight = new Parameter(weightInit([inputs, outputs]), options.parameters);
    if (options.bias ?? true) this.bias = new Parameter(biasInit([outputs]), options.parameters);
  }

  /** @throws ShapeError when the last axis of `x` is not `in` long */
  forward(x: Operand): Variable {
    return matmul(x, this.weight, this.bias);
  }
}
