import {
  add,
  asVariable,
  concat,
  detach,
  type Operand,
  permute,
  reshape,
  swish,
  type Variable,
} from "@retort/autograd";
import { LayerNorm, Module, MultiHeadAttention, runInTurn, truncatedNormalInitializer } from "@retort/autograd/nn";
import { expressions } from "@retort/tensor";
import { NeckConvNorm } from "../layers/conv-norm.js";
import { Mlp } from "../layers/mlp.js";

/** What a config can say about the `svtr` encoder. */
export interface SvtrOptions {
  /** Channels of the result. */
  readonly dims: number;
  /** Number of blocks. */
  readonly depth: number;
  readonly hiddenDims: number;
  /** Cuts the gradient between this branch and the backbone, also on the shortcut. */
  readonly useGuide: boolean;
  readonly numHeads: number;
  readonly qkvBias: boolean;
  readonly mlpRatio: number;
  readonly dropRate: number;
  readonly attnDropRate: number;
  readonly kernelSize: readonly [number, number];
}

const weightInit = truncatedNormalInitializer(0.02);

/** x + attention(norm(x)), then x + mlp(norm(x)): what the reference calls `prenorm=False`. */
class Block extends Module {
  readonly norm1: LayerNorm;
  readonly mixer: MultiHeadAttention;
  readonly norm2: LayerNorm;
  readonly mlp: Mlp;

  constructor(channels: number, options: SvtrOptions) {
    super();
    this.norm1 = new LayerNorm(channels);
    this.mixer = new MultiHeadAttention(channels, {
      heads: options.numHeads,
      attentionDropout: options.attnDropRate,
      dropout: options.dropRate,
      qkvBias: options.qkvBias,
      weightInit,
    });
    this.norm2 = new LayerNorm(channels);
    const { mlpRatio, dropRate } = options;
    this.mlp = new Mlp(channels, Math.trunc(channels * mlpRatio), { activation: swish, dropRate, weightInit });
  }

  forward(x: Operand): Variable {
    const mixed = add(x, this.mixer.forward(this.norm1.forward(x)));
    return add(mixed, this.mlp.forward(this.norm2.forward(mixed)));
  }
}

/**
 * Two convolutions, attention blocks over all positions, and a fusion with the input: x [B, C, H, W] to [B, dims, H, W].
 * Source: Du et al. 2022 (SVTR); necks/rnn.py EncoderWithSVTR.
 */
export class SvtrEncoder extends Module {
  readonly conv1: NeckConvNorm;
  readonly conv2: NeckConvNorm;
  readonly svtr_block: readonly Block[];
  readonly norm: LayerNorm;
  readonly conv3: NeckConvNorm;
  readonly conv4: NeckConvNorm;
  readonly conv1x1: NeckConvNorm;
  readonly outChannels: number;
  private readonly useGuide: boolean;

  constructor(inputs: number, options: SvtrOptions) {
    super();
    const { hiddenDims, kernelSize, dims } = options;
    const narrow = Math.floor(inputs / 8);
    const activation = expressions.swish;
    this.conv1 = new NeckConvNorm(inputs, narrow, { kernel: kernelSize, activation });
    this.conv2 = new NeckConvNorm(narrow, hiddenDims, { kernel: 1, activation });
    this.svtr_block = Array.from({ length: options.depth }, () => new Block(hiddenDims, options));
    this.norm = new LayerNorm(hiddenDims, { epsilon: 1e-6 });
    this.conv3 = new NeckConvNorm(hiddenDims, inputs, { kernel: 1, activation });
    this.conv4 = new NeckConvNorm(2 * inputs, narrow, { kernel: kernelSize, activation });
    this.conv1x1 = new NeckConvNorm(narrow, dims, { kernel: 1, activation });
    this.outChannels = dims;
    this.useGuide = options.useGuide;
  }

  forward(x: Operand): Variable {
    const input = this.useGuide ? detach(asVariable(x)) : asVariable(x);
    const map = this.conv2.forward(this.conv1.forward(input));
    const [batch, channels, height, width] = map.shape;
    const tokens = permute(reshape(map, [batch, channels, height * width]), [0, 2, 1]);
    const mixed = this.norm.forward(runInTurn(this.svtr_block, tokens));
    const back = reshape(permute(mixed, [0, 2, 1]), [batch, channels, height, width]);
    const fused = concat([input, this.conv3.forward(back)], 1);
    return this.conv1x1.forward(this.conv4.forward(fused));
  }
}
