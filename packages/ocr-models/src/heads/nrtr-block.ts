import { add, relu, type Variable } from "@retort/autograd";
import { Dropout, LayerNorm, Module } from "@retort/autograd/nn";
import type { Tensor } from "@retort/tensor";
import { Mlp } from "../layers/mlp.js";
import { CrossAttention, type Places, SelfAttention } from "./nrtr-attention.js";

const dropRate = 0.1;

/**
 * One layer of a transformer's decoder on characters x [B, T, C]: what they see of each other, what they see of the
 * image, two linear layers; each added and then normalized. Source: Vaswani et al. 2017; rec_nrtr_head.py
 * TransformerBlock.
 */
export class NrtrBlock extends Module {
  readonly self_attn: SelfAttention;
  readonly norm1: LayerNorm;
  readonly dropout1: Dropout;
  readonly cross_attn: CrossAttention;
  readonly norm2: LayerNorm;
  readonly dropout2: Dropout;
  readonly mlp: Mlp;
  readonly norm3: LayerNorm;
  readonly dropout3: Dropout;

  constructor(channels: number, heads: number) {
    super();
    this.self_attn = new SelfAttention(channels, heads);
    this.norm1 = new LayerNorm(channels);
    this.dropout1 = new Dropout(dropRate);
    this.cross_attn = new CrossAttention(channels, heads);
    this.norm2 = new LayerNorm(channels);
    this.dropout2 = new Dropout(dropRate);
    this.mlp = new Mlp(channels, 4 * channels, { activation: relu, dropRate });
    this.norm3 = new LayerNorm(channels);
    this.dropout3 = new Dropout(dropRate);
  }

  /** `image` comes from `cross_attn.remember`; for `seen` and the places returned see `SelfAttention`. */
  forward(x: Variable, image: Places, seen: { mask?: Tensor; past?: Places }): { output: Variable; places: Places } {
    const { output: among, places } = this.self_attn.forward(x, seen);
    const mixed = this.norm1.forward(add(x, this.dropout1.forward(among)));
    const looked = this.norm2.forward(add(mixed, this.dropout2.forward(this.cross_attn.forward(mixed, image))));
    const output = this.norm3.forward(add(looked, this.dropout3.forward(this.mlp.forward(looked))));
    return { output, places };
  }
}
