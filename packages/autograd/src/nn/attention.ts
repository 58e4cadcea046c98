import { mul } from "../ops/arithmetic.js";
import { matmul } from "../ops/matmul.js";
import { softmax } from "../ops/softmax.js";
import { permute, reshape, slice, squeeze, transpose } from "../ops/views.js";
import { asVariable, type Operand, type Variable } from "../variable.js";
import { Dropout } from "./dropout.js";
import { type Initializer, xavierUniform } from "./initializers.js";
import { Linear } from "./linear.js";
import { Module } from "./module.js";

/** How attention differs from the usual. */
export interface AttentionOptions {
  readonly heads: number;
  /** Dropout of the attention weights and of the result. */
  readonly attentionDropout?: number;
  readonly dropout?: number;
  /** False leaves the bias of queries, keys and values out. */
  readonly qkvBias?: boolean;
  readonly weightInit?: Initializer;
}

/**
 * Multi-head self-attention over x [B, N, C]: softmax(q kᵀ / √d) v for each head of d = C / heads channels, then a
 * linear layer. Source: Vaswani et al. 2017; backbones/rec_svtrnet.py Attention.
 */
export class MultiHeadAttention extends Module {
  readonly qkv: Linear;
  readonly attn_drop: Dropout;
  readonly proj: Linear;
  readonly proj_drop: Dropout;
  readonly heads: number;

  constructor(channels: number, options: AttentionOptions) {
    super();
    const { heads, attentionDropout = 0, dropout = 0, qkvBias = true, weightInit = xavierUniform } = options;
    if (channels % heads !== 0)
      throw new RangeError(`attention: ${channels} channels do not divide into ${heads} heads`);
    this.heads = heads;
    this.qkv = new Linear(channels, 3 * channels, { bias: qkvBias, weightInit });
    this.attn_drop = new Dropout(attentionDropout);
    this.proj = new Linear(channels, channels, { weightInit });
    this.proj_drop = new Dropout(dropout);
  }

  /** @throws ShapeError when the last axis of `x` has another length */
  forward(x: Operand): Variable {
    const input = asVariable(x);
    const [batch, length, channels] = input.shape;
    const width = channels / this.heads;
    const parts = permute(reshape(this.qkv.forward(input), [batch, length, 3, this.heads, width]), [2, 0, 3, 1, 4]);
    const [q, k, v] = [0, 1, 2].map((i) => squeeze(slice(parts, 0, i, i + 1), 0));
    const weights = this.attn_drop.forward(softmax(matmul(mul(q, width ** -0.5), transpose(k))));
    const mixed = reshape(permute(matmul(weights, v), [0, 2, 1, 3]), [batch, length, channels]);
    return this.proj_drop.forward(this.proj.forward(mixed));
  }
}
