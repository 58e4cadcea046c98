import { type ConvolutionOptions, conv2d, pair } from "../ops/conv2d.js";
import { type Operand, Parameter, type ParameterOptions, type Variable } from "../variable.js";
import { constantInitializer, type Initializer, kaimingUniform } from "./initializers.js";
import { Module } from "./module.js";

/** A convolution's geometry and how its parameters start. */
export interface Conv2dLayerOptions extends ConvolutionOptions {
  readonly kernel: number | readonly [number, number];
  /** False leaves the bias out. */
  readonly bias?: boolean;
  readonly weightInit?: Initializer;
  readonly biasInit?: Initializer;
  /** Applies to weight and bias. */
  readonly parameters?: ParameterOptions;
}

/** Convolution of x [N, in, H, W] with weight [out, in / groups, kh, kw]; `groups` = in makes it depthwise. */
export class Conv2d extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;
  readonly options: Conv2dLayerOptions;

  constructor(inputs: number, outputs: number, options: Conv2dLayerOptions) {
    super();
    this.options = options;
    const { weightInit = kaimingUniform, biasInit = constantInitializer(0), groups = 1, parameters } = options;
    this.weight = new Parameter(weightInit([outputs, inputs / groups, ...pair(options.kernel)]), parameters);
    if (options.bias ?? true) this.bias = new Parameter(biasInit([outputs]), parameters);
  }

  /** @throws ShapeError when `x` has other channels or is smaller than the kernel */
  forward(x: Operand): Variable {
    return conv2d(x, this.weight, this.options, this.bias);
  }
}
