import { asVariable, avgPool2d, elementwise, maxPool2d, type Operand, type Variable } from "@retort/autograd";
import { type Layer, type Member, Module, runInTurn } from "@retort/autograd/nn";
import { expression, expressions } from "@retort/tensor";
import { BackboneConvNorm } from "../layers/conv-norm.js";
import { runStages } from "../layers/run-stages.js";

type Layers = 18 | 34 | 50 | 101 | 152 | 200;

/** Blocks in each stage, by the number of layers. */
const depths: Readonly<Record<Layers, readonly number[]>> = {
  18: [2, 2, 2, 2],
  34: [3, 4, 6, 3],
  50: [3, 4, 6, 3],
  101: [3, 4, 23, 3],
  152: [3, 8, 36, 3],
  200: [3, 12, 48, 3],
};

/** What a config can say about ResNet_vd. */
export interface ResNetVdOptions {
  readonly layers: Layers;
}

const activation = expressions.relu;
const activatedSum = expression(({ x, y }) => activation.apply({ x: x.add(y) }));

/** Where a block stands, and what it is made of. */
interface BlockOptions {
  /** Three convolutions of which the last widens fourfold, in place of two. */
  readonly bottleneck: boolean;
  readonly stage: number;
  /** Whether it is its stage's first one, whose input has another shape than its output. */
  readonly first: boolean;
}

/**
 * Two or three convolutions beside the input. Where the shape changes, a 1x1 convolution brings the input to it, behind
 * an average pool where the map gets smaller, which is what the `vd` says.
 */
class Block extends Module {
  readonly conv0: BackboneConvNorm;
  readonly conv1: BackboneConvNorm;
  readonly conv2: BackboneConvNorm | undefined;
  readonly short: BackboneConvNorm | undefined;
  readonly pooled: boolean;

  constructor(inputs: number, channels: number, { bottleneck, stage, first }: BlockOptions) {
    super();
    this.pooled = first && stage > 0;
    const stride = this.pooled ? 2 : 1;
    const outputs = bottleneck ? 4 * channels : channels;
    if (bottleneck) {
      this.conv0 = new BackboneConvNorm(inputs, channels, { kernel: 1, activation });
      this.conv1 = new BackboneConvNorm(channels, channels, { kernel: 3, stride, activation });
      this.conv2 = new BackboneConvNorm(channels, outputs, { kernel: 1 });
    } else {
      this.conv0 = new BackboneConvNorm(inputs, channels, { kernel: 3, stride, activation });
      this.conv1 = new BackboneConvNorm(channels, channels, { kernel: 3 });
    }
    if (first) this.short = new BackboneConvNorm(inputs, outputs, { kernel: 1 });
  }

  forward(x: Operand): Variable {
    const input = asVariable(x);
    const { conv0, conv1, conv2 } = this;
    const inner = runInTurn(conv2 === undefined ? [conv0, conv1] : [conv0, conv1, conv2], input);
    return elementwise(activatedSum, [this.shortcut(input), inner]);
  }

  private shortcut(input: Variable): Variable {
    if (this.short === undefined) return input;
    return this.short.forward(this.pooled ? avgPool2d(input, { kernel: 2, ceilMode: true }) : input);
  }
}

/** The pool behind the stem. */
class StemPool extends Module {
  forward(x: Operand): Variable {
    return maxPool2d(x, { kernel: 3, stride: 2, padding: 1 });
  }
}

/**
 * A detection backbone: [B, 3, H, W] to four maps, a 4th to a 32nd as high and wide. Source: He et al. 2016, in the form
 * of He et al. 2019 (Bag of Tricks), model D, with a stem of three convolutions; det_resnet_vd.py.
 */
export class ResNetVd extends Module {
  readonly conv1_1: BackboneConvNorm;
  readonly conv1_2: BackboneConvNorm;
  readonly conv1_3: BackboneConvNorm;
  readonly stages: readonly (readonly Block[])[];
  /** Channels of each map. */
  readonly outChannels: readonly number[];
  private readonly pool: Layer = new StemPool();

  constructor({ layers }: ResNetVdOptions) {
    super();
    const bottleneck = layers >= 50;
    this.conv1_1 = new BackboneConvNorm(3, 32, { kernel: 3, stride: 2, activation });
    this.conv1_2 = new BackboneConvNorm(32, 32, { kernel: 3, activation });
    this.conv1_3 = new BackboneConvNorm(32, 64, { kernel: 3, activation });
    this.outChannels = [64, 128, 256, 512].map((channels) => (bottleneck ? 4 * channels : channels));
    this.stages = depths[layers].map((depth, stage) =>
      Array.from({ length: depth }, (_, i) => {
        const inputs = i > 0 ? this.outChannels[stage] : stage > 0 ? this.outChannels[stage - 1] : 64;
        return new Block(inputs, 64 * 2 ** stage, { bottleneck, stage, first: i === 0 });
      }),
    );
  }

  override *members(): Iterable<readonly [string, Member]> {
    yield ["conv1_1", this.conv1_1];
    yield ["conv1_2", this.conv1_2];
    yield ["conv1_3", this.conv1_3];
    for (const [stage, blocks] of this.stages.entries()) {
      for (const [i, block] of blocks.entries()) yield [`bb_${stage}_${i}`, block];
    }
  }

  /** From the largest map to the smallest. */
  forward(x: Operand): Variable[] {
    const stem = [this.conv1_1, this.conv1_2, this.conv1_3, this.pool];
    const [first, ...rest] = this.stages;
    return runStages([[...stem, ...first], ...rest], x);
  }
}
