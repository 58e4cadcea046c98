import {
  asVariable,
  hardSigmoid,
  mean,
  mul,
  type Operand,
  type ParameterOptions,
  relu,
  type Variable,
} from "@retort/autograd";
import { Conv2d, kaimingNormal, Module } from "@retort/autograd/nn";

/** How squeeze and excitation differs from the usual. */
export interface SqueezeExcitationOptions {
  /** Of the hardsigmoid: 1/6 unless given; the detection networks of the reference have 0.2. */
  readonly slope?: number;
  /** Applies to weights and biases. */
  readonly parameters?: ParameterOptions;
}

/**
 * Weighs the channels of x [N, C, H, W] by their averages: x · hardsigmoid(conv2(relu(conv1(mean)))), a quarter of the
 * channels in between. Source: Hu et al. 2018; rec_mv1_enhance.py SEModule, rec_lcnetv3.py SELayer, det_mobilenet_v3.py
 * SEModule.
 */
export class SqueezeExcitation extends Module {
  readonly conv1: Conv2d;
  readonly conv2: Conv2d;
  readonly slope: number;

  constructor(channels: number, { slope = 1 / 6, parameters }: SqueezeExcitationOptions = {}) {
    super();
    const inner = Math.floor(channels / 4);
    const options = { kernel: 1, weightInit: kaimingNormal, parameters };
    this.conv1 = new Conv2d(channels, inner, options);
    this.conv2 = new Conv2d(inner, channels, options);
    this.slope = slope;
  }

  forward(x: Operand): Variable {
    const input = asVariable(x);
    const average = mean(input, { axes: [2, 3], keepDims: true });
    return mul(input, hardSigmoid(this.conv2.forward(relu(this.conv1.forward(average))), this.slope));
  }
}
