import { add, type Operand, type Variable } from "@retort/autograd";
import { BatchNorm, Conv2d, kaimingNormal, Module } from "@retort/autograd/nn";
import { expressions } from "@retort/tensor";

/** A convolution with bias that keeps the size, started as Paddle starts it. */
function convolution(inputs: number, outputs: number, height: number, width: number): Conv2d {
  const padding = [Math.floor(height / 2), Math.floor(width / 2)] as const;
  return new Conv2d(inputs, outputs, { kernel: [height, width], padding, weightInit: kaimingNormal });
}

/**
 * Lets each place of a map [B, C, H, W] see its surroundings: on half of the channels, for 7, 5 and 3 in turn, a square, a
 * column and a row of that length, summed; the result is normalized and added to the map.
 * Source: Du et al. 2022 (I3CL); necks/intracl.py IntraCLBlock.
 */
export class IntraCl extends Module {
  readonly conv1x1_reduce_channel: Conv2d;
  readonly conv1x1_return_channel: Conv2d;
  readonly v_layer_7x1: Conv2d;
  readonly v_layer_5x1: Conv2d;
  readonly v_layer_3x1: Conv2d;
  readonly q_layer_1x7: Conv2d;
  readonly q_layer_1x5: Conv2d;
  readonly q_layer_1x3: Conv2d;
  readonly c_layer_7x7: Conv2d;
  readonly c_layer_5x5: Conv2d;
  readonly c_layer_3x3: Conv2d;
  readonly bn: BatchNorm;

  constructor(channels: number) {
    super();
    const inner = Math.floor(channels / 2);
    const conv = (height: number, width: number): Conv2d => convolution(inner, inner, height, width);
    this.conv1x1_reduce_channel = convolution(channels, inner, 1, 1);
    this.conv1x1_return_channel = convolution(inner, channels, 1, 1);
    this.v_layer_7x1 = conv(7, 1);
    this.v_layer_5x1 = conv(5, 1);
    this.v_layer_3x1 = conv(3, 1);
    this.q_layer_1x7 = conv(1, 7);
    this.q_layer_1x5 = conv(1, 5);
    this.q_layer_1x3 = conv(1, 3);
    this.c_layer_7x7 = conv(7, 7);
    this.c_layer_5x5 = conv(5, 5);
    this.c_layer_3x3 = conv(3, 3);
    this.bn = new BatchNorm(channels, { activation: expressions.relu });
  }

  forward(x: Operand): Variable {
    let inner = this.conv1x1_reduce_channel.forward(x);
    for (const layers of [
      [this.c_layer_7x7, this.v_layer_7x1, this.q_layer_1x7],
      [this.c_layer_5x5, this.v_layer_5x1, this.q_layer_1x5],
      [this.c_layer_3x3, this.v_layer_3x1, this.q_layer_1x3],
    ]) {
      const parts = layers.map((layer) => layer.forward(inner));
      inner = parts.reduce((sum, part) => add(sum, part));
    }
    return add(x, this.bn.forward(this.conv1x1_return_channel.forward(inner)));
  }
}
