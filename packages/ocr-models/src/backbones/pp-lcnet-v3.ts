import { adaptiveAvgPool2d, avgPool2d, type Operand, type Variable } from "@retort/autograd";
import { Module, runInTurn } from "@retort/autograd/nn";
import { RepConvNorm } from "../layers/conv-norm.js";
import { RepLayer, type RepTraining } from "../layers/rep-layer.js";
import { SqueezeExcitation } from "../layers/squeeze-excitation.js";

/** What a config can say about PPLCNetV3. */
export interface PPLCNetV3Options {
  /** Factor on every number of channels, which is rounded to a multiple of 16. */
  readonly scale: number;
  /** Number of parallel convolutions that train in place of one. */
  readonly convKxkNum: number;
  /** Factors on the learning rates of the stem and of the five stages. */
  readonly lrMultList: readonly number[];
  /** A further factor on those of scales and offsets. */
  readonly labLr: number;
  /**
   * Kernel and stride of the pool at the end. Without it training pools to one row of 40 columns whatever the map is, and
   * evaluation by [3, 2], as the reference does: the same for images 48 high and 320 wide.
   */
  readonly lastPoolKernelSize?: readonly [number, number];
}

/** A number of channels as a multiple of 16 that is not more than a tenth smaller (rec_lcnetv3.py make_divisible). */
export function ppLcNetV3Channels(channels: number): number {
  const near = Math.max(16, Math.floor(Math.trunc(channels + 8) / 16) * 16);
  return near < 0.9 * channels ? near + 16 : near;
}

/** Depthwise layer, perhaps squeeze and excitation, pointwise layer. */
class Block extends Module {
  readonly dw_conv: RepLayer;
  readonly se: SqueezeExcitation | undefined;
  readonly pw_conv: RepLayer;

  constructor(inputs: number, outputs: number, [, , kernel, stride, se = false]: Row, training: RepTraining) {
    super();
    const { learningRateScale } = training;
    this.dw_conv = new RepLayer(inputs, inputs, { ...training, kernel, stride, groups: inputs });
    if (se) this.se = new SqueezeExcitation(inputs, { learningRateScale });
    this.pw_conv = new RepLayer(inputs, outputs, { ...training, kernel: 1, stride: [1, 1], groups: 1 });
  }

  forward(x: Operand): Variable {
    const value = this.dw_conv.forward(x);
    return this.pw_conv.forward(this.se?.forward(value) ?? value);
  }
}

type Row = readonly [inputs: number, outputs: number, kernel: number, stride: readonly [number, number], se?: boolean];

const rows: readonly (readonly Row[])[] = [
  [[16, 32, 3, [1, 1]]],
  [
    [32, 64, 3, [1, 1]],
    [64, 64, 3, [1, 1]],
  ],
  [
    [64, 128, 3, [2, 1]],
    [128, 128, 3, [1, 1]],
  ],
  [[128, 256, 3, [1, 2]], ...Array.from({ length: 4 }, (): Row => [256, 256, 5, [1, 1]])],
  [
    [256, 512, 5, [2, 1], true],
    [512, 512, 5, [1, 1], true],
    [512, 512, 5, [2, 1]],
    [512, 512, 5, [1, 1]],
  ],
];

/**
 * The recognition backbone of PP-OCRv4: [B, 3, H, W] to [B, about 512 · scale, 1, W / 8], for images 48 high. In
 * evaluation without recording every layer is one convolution. Source: rec_lcnetv3.py with `det=False`.
 */
export class PPLCNetV3 extends Module {
  readonly conv1: RepConvNorm;
  readonly blocks2: readonly Block[];
  readonly blocks3: readonly Block[];
  readonly blocks4: readonly Block[];
  readonly blocks5: readonly Block[];
  readonly blocks6: readonly Block[];
  /** Channels of the result. */
  readonly outChannels: number;
  private readonly lastPoolKernelSize: readonly [number, number] | undefined;

  constructor({ scale, convKxkNum, lrMultList, labLr, lastPoolKernelSize }: PPLCNetV3Options) {
    super();
    const scaled = (channels: number): number => ppLcNetV3Channels(channels * scale);
    const stage = (index: number): Block[] => {
      const training = { branches: convKxkNum, learningRateScale: lrMultList[index + 1], affineRateScale: labLr };
      return rows[index].map((row) => new Block(scaled(row[0]), scaled(row[1]), row, training));
    };
    this.conv1 = new RepConvNorm(3, scaled(16), { kernel: 3, stride: 2 }, lrMultList[0]);
    this.blocks2 = stage(0);
    this.blocks3 = stage(1);
    this.blocks4 = stage(2);
    this.blocks5 = stage(3);
    this.blocks6 = stage(4);
    this.outChannels = scaled(512);
    this.lastPoolKernelSize = lastPoolKernelSize;
  }

  /** @throws ShapeError when the image is too small */
  forward(x: Operand): Variable {
    const { conv1, blocks2, blocks3, blocks4, blocks5, blocks6, lastPoolKernelSize } = this;
    const map = runInTurn([conv1, ...blocks2, ...blocks3, ...blocks4, ...blocks5, ...blocks6], x);
    if (lastPoolKernelSize === undefined && this.training) return adaptiveAvgPool2d(map, [1, 40]);
    return avgPool2d(map, { kernel: lastPoolKernelSize ?? [3, 2] });
  }
}
