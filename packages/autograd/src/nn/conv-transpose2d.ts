import { add } from "../ops/arithmetic.js";
import { convTranspose2d, pair } from "../ops/conv2d.js";
import { reshape } from "../ops/views.js";
import { asVariable, type Operand, Parameter, type Variable } from "../variable.js";
import type { Conv2dLayerOptions } from "./conv2d.js";
import { constantInitializer, kaimingUniform } from "./initializers.js";
import { Module } from "./module.js";

/**
 * Transposed convolution of x [N, in, H, W] with weight [in, out / groups, kh, kw]: a map of
 * (H - 1) stride - 2 padding + dilation (kh - 1) + 1 rows, and columns alike.
 */
export class ConvTranspose2d extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;
  private readonly outputs: number;
  readonly options: Conv2dLayerOptions;

  constructor(inputs: number, outputs: number, options: Conv2dLayerOptions) {
    super();
    this.outputs = outputs;
    this.options = options;
    const { weightInit = kaimingUniform, biasInit = constantInitializer(0), groups = 1, parameters } = options;
    this.weight = new Parameter(weightInit([inputs, outputs / groups, ...pair(options.kernel)]), parameters);
    if (options.bias ?? true) this.bias = new Parameter(biasInit([outputs]), parameters);
  }

  /** @throws ShapeError when `x` has other channels */
  forward(x: Operand): Variable {
    const input = asVariable(x);
    const [samples, , height, width] = input.shape;
    const shape = [samples, this.outputs, this.lengthOf(0, height), this.lengthOf(1, width)];
    const result = convTranspose2d(input, this.weight, shape, this.options);
    return this.bias === undefined ? result : add(result, reshape(this.bias, [-1, 1, 1]));
  }

  private lengthOf(axis: 0 | 1, length: number): number {
    const { kernel, stride = 1, padding = 0, dilation = 1 } = this.options;
    const [size, step, margin, apart] = [kernel, stride, padding, dilation].map((value) => pair(value)[axis]);
    return (length - 1) * step - 2 * margin + apart * (size - 1) + 1;
  }
}
