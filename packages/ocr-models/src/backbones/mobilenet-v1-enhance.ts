import { avgPool2d, maxPool2d, type Operand, type Variable } from "@retort/autograd";
import { Module, runInTurn } from "@retort/autograd/nn";
import { expressions } from "@retort/tensor";
import { BackboneConvNorm } from "../layers/conv-norm.js";
import { SqueezeExcitation } from "../layers/squeeze-excitation.js";

/** What a config can say about MobileNetV1Enhance. */
export interface MobileNetV1EnhanceOptions {
  /** Factor on every number of channels. */
  readonly scale: number;
  /** Stride [height, width] of the last block. */
  readonly lastConvStride: readonly [number, number];
  readonly lastPoolType: "avg" | "max";
  /** Kernel and stride of an average pool; a max pool is 2 by 2. */
  readonly lastPoolKernelSize: readonly [number, number];
}

const activatedWithoutL2 = { activation: expressions.hardSwish, normL2: 0 };

/** Depthwise convolution, perhaps squeeze and excitation, pointwise convolution. */
class DepthwiseSeparable extends Module {
  readonly _depthwise_conv: BackboneConvNorm;
  readonly _se: SqueezeExcitation | undefined;
  readonly _pointwise_conv: BackboneConvNorm;

  constructor(inputs: number, outputs: number, kernel: number, stride: readonly [number, number], se: boolean) {
    super();
    this._depthwise_conv = new BackboneConvNorm(inputs, inputs, {
      kernel,
      stride,
      groups: inputs,
      ...activatedWithoutL2,
    });
    if (se) this._se = new SqueezeExcitation(inputs);
    this._pointwise_conv = new BackboneConvNorm(inputs, outputs, { kernel: 1, ...activatedWithoutL2 });
  }

  forward(x: Operand): Variable {
    const value = this._depthwise_conv.forward(x);
    return this._pointwise_conv.forward(this._se?.forward(value) ?? value);
  }
}

type Row = readonly [inputs: number, outputs: number, kernel: number, stride: readonly [number, number], se?: boolean];

const rows = (last: readonly [number, number]): Row[] => [
  [32, 64, 3, [1, 1]],
  [64, 128, 3, [1, 1]],
  [128, 128, 3, [1, 1]],
  [128, 256, 3, [2, 1]],
  [256, 256, 3, [1, 1]],
  [256, 512, 3, [2, 1]],
  ...Array.from({ length: 5 }, (): Row => [512, 512, 5, [1, 1]]),
  [512, 1024, 5, [2, 1], true],
  [1024, 1024, 5, last, true],
];

/**
 * The recognition backbone of PP-OCRv2 and v3: [B, 3, H, W] to [B, 1024 · scale, H / 32, ...].
 * Source: rec_mv1_enhance.py.
 */
export class MobileNetV1Enhance extends Module {
  readonly conv1: BackboneConvNorm;
  readonly block_list: readonly DepthwiseSeparable[];
  /** Channels of the result. */
  readonly outChannels: number;
  readonly options: MobileNetV1EnhanceOptions;

  constructor(options: MobileNetV1EnhanceOptions) {
    super();
    this.options = options;
    const scaled = (channels: number): number => Math.trunc(channels * options.scale);
    this.conv1 = new BackboneConvNorm(3, scaled(32), { kernel: 3, stride: 2, ...activatedWithoutL2 });
    this.block_list = rows(options.lastConvStride).map(
      ([inputs, outputs, kernel, stride, se = false]) =>
        new DepthwiseSeparable(scaled(inputs), scaled(outputs), kernel, stride, se),
    );
    this.outChannels = scaled(1024);
  }

  /** @throws ShapeError when the image is too small */
  forward(x: Operand): Variable {
    const map = runInTurn([this.conv1, ...this.block_list], x);
    const { lastPoolType, lastPoolKernelSize } = this.options;
    return lastPoolType === "avg" ? avgPool2d(map, { kernel: lastPoolKernelSize }) : maxPool2d(map, { kernel: 2 });
  }
}
