import { adaptiveAvgPool2d, avgPool2d, type Operand, type Variable } from "@retort/autograd";
import { Conv2d, kaimingNormal, Module, runInTurn } from "@retort/autograd/nn";
import { ConvNorm } from "../layers/conv-norm.js";
import { RepLayer, type RepTraining } from "../layers/rep-layer.js";
import { roundedChannels } from "../layers/rounded-channels.js";
import { runStages } from "../layers/run-stages.js";
import { SqueezeExcitation } from "../layers/squeeze-excitation.js";

/** What a config can say about PPLCNetV3 in both of its forms. */
export interface PPLCNetV3StageOptions {
  /** Factor on every number of channels, which is rounded to a multiple of 16. */
  readonly scale: number;
  /** Number of parallel convolutions that train in place of one. */
  readonly convKxkNum: number;
  /** Factors on the learning rates of the stem and of the five stages. */
  readonly lrMultList: readonly number[];
  /** A further factor on those of scales and offsets. */
  readonly labLr: number;
}

/** What a config can say about PPLCNetV3 for recognition. */
export interface PPLCNetV3Options extends PPLCNetV3StageOptions {
  /**
   * Kernel and stride of the pool at the end. Without it training pools to one row of 40 columns whatever the map is, and
   * evaluation by [3, 2], as the reference does: the same for images 48 high and 320 wide.
   */
  readonly lastPoolKernelSize?: readonly [number, number];
}

/** A number of channels of PPLCNetV3, a multiple of 16. */
export function ppLcNetV3Channels(channels: number): number {
  return roundedChannels(channels, 16);
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
    if (se) this.se = new SqueezeExcitation(inputs, { parameters: { learningRateScale } });
    this.pw_conv = new RepLayer(inputs, outputs, { ...training, kernel: 1, stride: [1, 1], groups: 1 });
  }

  forward(x: Operand): Variable {
    const value = this.dw_conv.forward(x);
    return this.pw_conv.forward(this.se?.forward(value) ?? value);
  }
}

type Stride = readonly [number, number];
type Row = readonly [inputs: number, outputs: number, kernel: number, stride: Stride, se?: boolean];

/** Strides of the first blocks of stages 3 to 6, and of the third block of stage 6. */
type Strides = readonly [Stride, Stride, Stride, Stride, Stride];

const recognition: Strides = [
  [1, 1],
  [2, 1],
  [1, 2],
  [2, 1],
  [2, 1],
];
const detection: Strides = [
  [2, 2],
  [2, 2],
  [2, 2],
  [2, 2],
  [1, 1],
];

const rows = ([third, fourth, fifth, sixth, last]: Strides): readonly (readonly Row[])[] => [
  [[16, 32, 3, [1, 1]]],
  [
    [32, 64, 3, third],
    [64, 64, 3, [1, 1]],
  ],
  [
    [64, 128, 3, fourth],
    [128, 128, 3, [1, 1]],
  ],
  [[128, 256, 3, fifth], ...Array.from({ length: 4 }, (): Row => [256, 256, 5, [1, 1]])],
  [
    [256, 512, 5, sixth, true],
    [512, 512, 5, [1, 1], true],
    [512, 512, 5, last],
    [512, 512, 5, [1, 1]],
  ],
];

/**
 * The stem and the stages of PPLCNetV3. In evaluation without recording every layer is one convolution.
 * Source: rec_lcnetv3.py.
 */
export abstract class PPLCNetV3Stages extends Module {
  readonly conv1: ConvNorm;
  readonly blocks2: readonly Block[];
  readonly blocks3: readonly Block[];
  readonly blocks4: readonly Block[];
  readonly blocks5: readonly Block[];
  readonly blocks6: readonly Block[];

  constructor({ scale, convKxkNum, lrMultList, labLr }: PPLCNetV3StageOptions, strides: Strides) {
    super();
    const table = rows(strides);
    const scaled = (channels: number): number => ppLcNetV3Channels(channels * scale);
    const stage = (index: number): Block[] => {
      const training = { branches: convKxkNum, learningRateScale: lrMultList[index + 1], affineRateScale: labLr };
      return table[index].map((row) => new Block(scaled(row[0]), scaled(row[1]), row, training));
    };
    const stem = { kernel: 3, stride: 2, learningRateScale: lrMultList[0], normL2: 0 };
    this.conv1 = new ConvNorm(3, scaled(16), stem);
    this.blocks2 = stage(0);
    this.blocks3 = stage(1);
    this.blocks4 = stage(2);
    this.blocks5 = stage(3);
    this.blocks6 = stage(4);
  }
}

/** The recognition backbone of PP-OCRv4: [B, 3, H, W] to [B, about 512 · scale, 1, W / 8], for images 48 high. */
export class PPLCNetV3 extends PPLCNetV3Stages {
  /** Channels of the result. */
  readonly outChannels: number;
  readonly lastPoolKernelSize: readonly [number, number] | undefined;

  constructor(options: PPLCNetV3Options) {
    super(options, recognition);
    this.outChannels = ppLcNetV3Channels(512 * options.scale);
    this.lastPoolKernelSize = options.lastPoolKernelSize;
  }

  /** @throws ShapeError when the image is too small */
  forward(x: Operand): Variable {
    const { conv1, blocks2, blocks3, blocks4, blocks5, blocks6, lastPoolKernelSize } = this;
    const map = runInTurn([conv1, ...blocks2, ...blocks3, ...blocks4, ...blocks5, ...blocks6], x);
    if (lastPoolKernelSize === undefined && this.training) return adaptiveAvgPool2d(map, [1, 40]);
    return avgPool2d(map, { kernel: lastPoolKernelSize ?? [3, 2] });
  }
}

/**
 * The detection backbone of PP-OCRv4: [B, 3, H, W] to four maps, a 4th to a 32nd as high and wide, of 16, 24, 56 and 480
 * channels times the scale. Source: rec_lcnetv3.py with `det=True`.
 */
export class PPLCNetV3Detection extends PPLCNetV3Stages {
  readonly layer_list: readonly Conv2d[];
  /** Channels of each map. */
  readonly outChannels: readonly number[];

  constructor(options: PPLCNetV3StageOptions) {
    super(options, detection);
    const { scale } = options;
    this.outChannels = [16, 24, 56, 480].map((channels) => Math.trunc(channels * scale));
    this.layer_list = [64, 128, 256, 512].map((channels, level) => {
      const inputs = ppLcNetV3Channels(channels * scale);
      return new Conv2d(inputs, this.outChannels[level], { kernel: 1, weightInit: kaimingNormal });
    });
  }

  /** From the largest map to the smallest. */
  forward(x: Operand): Variable[] {
    const { conv1, blocks2, blocks3, blocks4, blocks5, blocks6, layer_list } = this;
    const levels = runStages([[conv1, ...blocks2, ...blocks3], blocks4, blocks5, blocks6], x);
    return levels.map((map, level) => layer_list[level].forward(map));
  }
}
