import type { Operand, Variable } from "@retort/autograd";
import { BatchNorm, Conv2d, type Initializer, kaimingNormal, kaimingUniform, Module } from "@retort/autograd/nn";
import type { Expression } from "@retort/tensor";

/** Geometry of the convolution, and how it starts and trains; padding defaults to half of the kernel. */
export interface ConvNormOptions {
  readonly kernel: number | readonly [number, number];
  readonly stride?: number | readonly [number, number];
  readonly groups?: number;
  /** Applied together with the normalization, such as `expressions.relu`. */
  readonly activation?: Expression;
  /** How the convolution's weight starts. */
  readonly weightInit?: Initializer;
  /** L2 factor of the normalization in place of the optimizer's. */
  readonly normL2?: number;
  /** Factor on the learning rate. */
  readonly learningRateScale?: number;
}

/** A convolution without bias, and its normalization. */
function partsOf(
  inputs: number,
  outputs: number,
  options: ConvNormOptions & { readonly weightInit: Initializer },
): { conv: Conv2d; norm: BatchNorm } {
  const { kernel, stride, groups, activation, weightInit, normL2, learningRateScale } = options;
  const [height, width] = typeof kernel === "number" ? [kernel, kernel] : kernel;
  const padding = [Math.floor(height / 2), Math.floor(width / 2)] as const;
  const parameters = { learningRateScale };
  const geometry = { kernel: [height, width] as const, padding, stride, groups };
  return {
    conv: new Conv2d(inputs, outputs, { ...geometry, bias: false, weightInit, parameters }),
    norm: new BatchNorm(outputs, { parameters: { ...parameters, l2: normL2 }, activation }),
  };
}

/**
 * Convolution without bias, batch normalization, activation, under the keys of rec_mv1_enhance.py and det_resnet_vd.py
 * ConvBNLayer.
 */
export class BackboneConvNorm extends Module {
  readonly _conv: Conv2d;
  readonly _batch_norm: BatchNorm;

  constructor(inputs: number, outputs: number, options: ConvNormOptions) {
    super();
    const { conv, norm } = partsOf(inputs, outputs, { weightInit: kaimingNormal, ...options });
    this._conv = conv;
    this._batch_norm = norm;
  }

  forward(x: Operand): Variable {
    return this._batch_norm.forward(this._conv.forward(x));
  }
}

/** The same under the keys of rec_svtrnet.py ConvBNLayer. */
export class NeckConvNorm extends Module {
  readonly conv: Conv2d;
  readonly norm: BatchNorm;

  constructor(inputs: number, outputs: number, options: ConvNormOptions) {
    super();
    const { conv, norm } = partsOf(inputs, outputs, { weightInit: kaimingUniform, ...options });
    this.conv = conv;
    this.norm = norm;
  }

  forward(x: Operand): Variable {
    return this.norm.forward(this.conv.forward(x));
  }
}

/** The same under the keys of rec_lcnetv3.py and det_mobilenet_v3.py ConvBNLayer. */
export class ConvNorm extends Module {
  readonly conv: Conv2d;
  readonly bn: BatchNorm;

  constructor(inputs: number, outputs: number, options: ConvNormOptions) {
    super();
    const { conv, norm } = partsOf(inputs, outputs, { weightInit: kaimingNormal, ...options });
    this.conv = conv;
    this.bn = norm;
  }

  forward(x: Operand): Variable {
    return this.bn.forward(this.conv.forward(x));
  }
}
