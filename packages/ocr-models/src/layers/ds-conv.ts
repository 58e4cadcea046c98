import { add, type Operand, type Variable } from "@retort/autograd";
import { BatchNorm, Conv2d, kaimingNormal, Module } from "@retort/autograd/nn";
import { expressions } from "@retort/tensor";
import { paddleNormal } from "./paddle-normal.js";

/** A convolution of 1 by 1 without bias. */
function pointwise(inputs: number, outputs: number): Conv2d {
  return new Conv2d(inputs, outputs, { kernel: 1, bias: false, weightInit: kaimingNormal });
}

/**
 * A large kernel at little cost: depthwise, then 1x1 to four times the channels, ReLU, 1x1 to the channels of the result;
 * where these are others, a further 1x1 of the input is added (db_fpn.py DSConv).
 */
export class DsConv extends Module {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm;
  readonly conv3: Conv2d;
  readonly conv_end: Conv2d | undefined;

  constructor(inputs: number, outputs: number, kernel: number) {
    super();
    const depthwise = { kernel, padding: Math.floor(kernel / 2), groups: inputs, bias: false };
    this.conv1 = new Conv2d(inputs, inputs, { ...depthwise, weightInit: paddleNormal(inputs) });
    this.bn1 = new BatchNorm(inputs);
    this.conv2 = pointwise(inputs, 4 * inputs);
    this.bn2 = new BatchNorm(4 * inputs, { activation: expressions.relu });
    this.conv3 = pointwise(4 * inputs, outputs);
    if (inputs !== outputs) this.conv_end = pointwise(inputs, outputs);
  }

  forward(x: Operand): Variable {
    const { conv1, bn1, conv2, bn2, conv3, conv_end } = this;
    const value = conv3.forward(bn2.forward(conv2.forward(bn1.forward(conv1.forward(x)))));
    return conv_end === undefined ? value : add(value, conv_end.forward(x));
  }
}
