import type { Operand, Variable } from "@retort/autograd";
import { BatchNorm, Conv2d, type Initializer, kaimingNormal, kaimingUniform, Module } from "@retort/autograd/nn";
import type { Expression } from "@retort/tensor";

/** Geometry of the convolution; padding defaults to half of the kernel. */
export interface ConvNormOptions {
  readonly kernel: number | readonly [number, number];
  readonly stride?: number | readonly [number, number];
  readonly groups?: number;
  /** Applied together with the normalization, such as `expressions.relu`. */
  readonly activation?: Expression;
}

function geometry({ kernel, stride = 1, groups = 1 }: ConvNormOptions): {
  kernel: readonly [number, number];
  padding: [number, number];
  stride: number | readonly [number, number];
  groups: number;
} {
  const size: readonly [number, number] = typeof kernel === "number" ? [kernel, kernel] : kernel;
  return { kernel: size, padding: [Math.floor(size[0] / 2), Math.floor(size[1] / 2)], stride, groups };
}

/** Convolution without bias, batch normalization without L2, activation (rec_mv1_enhance.py ConvBNLayer). */
export class BackboneConvNorm extends Module {
  readonly _conv: Conv2d;
  readonly _batch_norm: BatchNorm;

  constructor(inputs: number, outputs: number, options: ConvNormOptions) {
    super();
    this._conv = new Conv2d(inputs, outputs, { ...geometry(options), bias: false, weightInit: kaimingNormal });
    this._batch_norm = new BatchNorm(outputs, { parameters: { l2: 0 }, activation: options.activation });
  }

  forward(x: Operand): Variable {
    return this._batch_norm.forward(this._conv.forward(x));
  }
}

/** Convolution without bias, batch normalization, activation, under the keys of rec_svtrnet.py ConvBNLayer. */
export class NeckConvNorm extends Module {
  readonly conv: Conv2d;
  readonly norm: BatchNorm;

  constructor(inputs: number, outputs: number, options: ConvNormOptions, weightInit: Initializer = kaimingUniform) {
    super();
    this.conv = new Conv2d(inputs, outputs, { ...geometry(options), bias: false, weightInit });
    this.norm = new BatchNorm(outputs, { activation: options.activation });
  }

  forward(x: Operand): Variable {
    return this.norm.forward(this.conv.forward(x));
  }
}

/** Convolution without bias, batch normalization without L2, under the keys of rec_lcnetv3.py ConvBNLayer. */
export class RepConvNorm extends Module {
  readonly conv: Conv2d;
  readonly bn: BatchNorm;

  constructor(inputs: number, outputs: number, options: ConvNormOptions, learningRateScale: number) {
    super();
    const parameters = { learningRateScale };
    this.conv = new Conv2d(inputs, outputs, {
      ...geometry(options),
      bias: false,
      weightInit: kaimingNormal,
      parameters,
    });
    this.bn = new BatchNorm(outputs, { parameters: { ...parameters, l2: 0 }, activation: options.activation });
  }

  forward(x: Operand): Variable {
    return this.bn.forward(this.conv.forward(x));
  }
}
