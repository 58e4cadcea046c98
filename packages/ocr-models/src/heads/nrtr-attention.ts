import {
  add,
  concat,
  matmul,
  mul,
  permute,
  reshape,
  slice,
  softmax,
  squeeze,
  transpose,
  type Variable,
} from "@retort/autograd";
import { Linear, Module } from "@retort/autograd/nn";
import type { Tensor } from "@retort/tensor";

/** Keys and values of all places that can be attended to: each [B, heads, N, width]. */
export interface Places {
  readonly keys: Variable;
  readonly values: Variable;
}

/** Takes `parts` · C channels of x [B, N, parts · C] apart, each for all heads: [B, heads, N, C / heads]. */
function perHead(x: Variable, parts: number, heads: number): Variable[] {
  const [batch, length, channels] = x.shape;
  const split = reshape(x, [batch, length, parts, heads, channels / (parts * heads)]);
  const sorted = permute(split, [2, 0, 3, 1, 4]);
  return Array.from({ length: parts }, (_, i) => squeeze(slice(sorted, 0, i, i + 1), 0));
}

/** softmax(q kᵀ / √width + mask) v for each head of queries [B, heads, T, width], side by side: [B, T, heads · width]. */
function attend(queries: Variable, { keys, values }: Places, mask?: Tensor): Variable {
  const [batch, heads, length, width] = queries.shape;
  const scores = matmul(mul(queries, width ** -0.5), transpose(keys));
  const weights = softmax(mask === undefined ? scores : add(scores, mask));
  return reshape(permute(matmul(weights, values), [0, 2, 1, 3]), [batch, length, heads * width]);
}

/** Attention of characters x [B, T, C] to each other (Vaswani et al. 2017; rec_nrtr_head.py MultiheadAttention). */
export class SelfAttention extends Module {
  readonly qkv: Linear;
  readonly out_proj: Linear;
  private readonly heads: number;

  constructor(channels: number, heads: number) {
    super();
    this.heads = heads;
    this.qkv = new Linear(channels, 3 * channels);
    this.out_proj = new Linear(channels, channels);
  }

  /**
   * Each character sees `past`, the characters before `x`, and what of `x` the mask [T, T] lets it see. Also gives the
   * places that the next character sees as its past.
   */
  forward(x: Variable, { mask, past }: { mask?: Tensor; past?: Places }): { output: Variable; places: Places } {
    const [queries, keys, values] = perHead(this.qkv.forward(x), 3, this.heads);
    const places =
      past === undefined
        ? { keys, values }
        : { keys: concat([past.keys, keys], 2), values: concat([past.values, values], 2) };
    return { output: this.out_proj.forward(attend(queries, places, mask)), places };
  }
}

/** Attention of characters to the places of an image (rec_nrtr_head.py MultiheadAttention). */
export class CrossAttention extends Module {
  readonly q: Linear;
  readonly kv: Linear;
  readonly out_proj: Linear;
  private readonly heads: number;

  constructor(channels: number, heads: number) {
    super();
    this.heads = heads;
    this.q = new Linear(channels, channels);
    this.kv = new Linear(channels, 2 * channels);
    this.out_proj = new Linear(channels, channels);
  }

  /** The places of a sequence [B, N, C], which do not change from character to character. */
  remember(sequence: Variable): Places {
    const [keys, values] = perHead(this.kv.forward(sequence), 2, this.heads);
    return { keys, values };
  }

  /** What characters x [B, T, C] see there: [B, T, C]. */
  forward(x: Variable, places: Places): Variable {
    const [queries] = perHead(this.q.forward(x), 1, this.heads);
    return this.out_proj.forward(attend(queries, places));
  }
}
