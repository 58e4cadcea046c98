import { add, asVariable, concat, mul, type Operand, softmax, type Variable } from "@retort/autograd";
import { Dropout, Embedding, Linear, Module, ModuleBuffer, normalInitializer } from "@retort/autograd/nn";
import { argmax, full, permute, slice, type Tensor, tensor } from "@retort/tensor";
import type { Places } from "./nrtr-attention.js";
import { NrtrBlock } from "./nrtr-block.js";

/** What a config can say about the decoder of an NRTR head. */
export interface NrtrOptions {
  /** Channels of characters and of the sequence; a multiple of the number of heads, which is a 32nd of it. */
  readonly nrtrDim: number;
  readonly numDecoderLayers: number;
  /** One more than the number of characters that evaluation writes. */
  readonly maxTextLength: number;
}

/** Places that a position can be told for: as many as the reference's table has. */
const positions = 5000;
const start = 2;

/** Vectors of characters, √C times as long as their weights (rec_nrtr_head.py Embeddings). */
class Embeddings extends Module {
  readonly embedding: Embedding;
  private readonly factor: number;

  constructor(characters: number, channels: number) {
    super();
    this.embedding = new Embedding(characters, channels, {
      padding: 0,
      weightInit: normalInitializer(channels ** -0.5),
    });
    this.factor = Math.sqrt(channels);
  }

  forward(indices: Tensor): Variable {
    return mul(this.embedding.forward(indices), this.factor);
  }
}

/** Sines (even channels) and cosines (odd ones) of the position, from wave length 2π to 20,000π: [positions, 1, C]. */
function waves(channels: number): Tensor {
  const values = new Float32Array(positions * channels);
  for (let i = 0; i < channels; i += 2) {
    const frequency = Math.fround(Math.exp(Math.fround((-i * Math.log(10000)) / channels)));
    for (let position = 0; position < positions; position++) {
      const angle = Math.fround(position * frequency);
      values[position * channels + i] = Math.sin(angle);
      values[position * channels + i + 1] = Math.cos(angle);
    }
  }
  return tensor(values, [positions, 1, channels]);
}

/** Tells x [B, T, C] where each of its places is (Vaswani et al. 2017; rec_nrtr_head.py PositionalEncoding). */
class PositionalEncoding extends Module {
  readonly pe: ModuleBuffer;
  readonly dropout: Dropout;

  constructor(channels: number) {
    super();
    this.pe = new ModuleBuffer(waves(channels));
    this.dropout = new Dropout(0.1);
  }

  /** `first` is the position of the first place of `x`. */
  forward(x: Variable, first = 0): Variable {
    const rows = slice(this.pe.value, 0, first, first + x.shape[1]);
    return this.dropout.forward(add(x, permute(rows, [1, 0, 2])));
  }
}

/** 0 where row t may see column s, up to itself, and -Infinity after it: [T, T]. */
function causalMask(length: number): Tensor {
  const values = Float32Array.from({ length: length * length }, (_, i) =>
    i % length > Math.floor(i / length) ? Number.NEGATIVE_INFINITY : 0,
  );
  return tensor(values, [length, length]);
}

/**
 * A transformer's decoder that writes characters while it looks at a sequence [B, N, C]. In training it is given the true
 * characters and returns logits [B, T, classes + 1] of the next ones; otherwise it reads by itself, always on with its
 * best character, and returns probabilities [B, maxTextLength - 1, classes + 1], in a time linear in their number: keys
 * and values are kept. Character 0 is padding, 2 the start and 3 the end.
 * Source: Sheng et al. 2019 (NRTR); rec_nrtr_head.py Transformer, without an encoder.
 */
export class NrtrHead extends Module {
  readonly embedding: Embeddings;
  readonly positional_encoding: PositionalEncoding;
  readonly decoder: readonly NrtrBlock[];
  readonly tgt_word_prj: Linear;
  private readonly steps: number;

  /** `classes` counts all characters, padding and the like included; there is one output more. */
  constructor(classes: number, { nrtrDim, numDecoderLayers, maxTextLength }: NrtrOptions) {
    super();
    const heads = Math.floor(nrtrDim / 32);
    if (heads === 0 || nrtrDim % heads !== 0 || nrtrDim % 2 !== 0) {
      throw new RangeError(`NRTRHead: ${nrtrDim} channels do not divide into heads of about 32`);
    }
    this.embedding = new Embeddings(classes + 1, nrtrDim);
    this.positional_encoding = new PositionalEncoding(nrtrDim);
    this.decoder = Array.from({ length: numDecoderLayers }, () => new NrtrBlock(nrtrDim, heads));
    const weightInit = normalInitializer(nrtrDim ** -0.5);
    this.tgt_word_prj = new Linear(nrtrDim, classes + 1, { bias: false, weightInit });
    this.steps = maxTextLength - 1;
  }

  /**
   * `labels`: int32 [B, T + 1], start, characters, end, padding.
   * @throws Error in training without labels
   */
  forward(sequence: Operand, labels?: Tensor): Variable {
    const memory = asVariable(sequence);
    if (!this.training) return this.free(memory);
    if (labels === undefined) throw new Error("NRTRHead: training needs label_gtc, which is missing from the batch");
    return this.forced(memory, slice(labels, 1, 0, -1));
  }

  /** Logits of what comes after each of the characters int32 [B, T]. */
  forced(memory: Variable, characters: Tensor): Variable {
    const mask = causalMask(characters.shape[1]);
    let x = this.positional_encoding.forward(this.embedding.forward(characters));
    for (const block of this.decoder) x = block.forward(x, block.cross_attn.remember(memory), { mask }).output;
    return this.tgt_word_prj.forward(x);
  }

  private free(memory: Variable): Variable {
    const images = this.decoder.map((block) => block.cross_attn.remember(memory));
    let pasts: (Places | undefined)[] = this.decoder.map(() => undefined);
    let characters = full([memory.shape[0], 1], start, "int32");
    const results: Variable[] = [];
    for (let step = 0; step < this.steps; step++) {
      let x = this.positional_encoding.forward(this.embedding.forward(characters), step);
      pasts = this.decoder.map((block, i) => {
        const { output, places } = block.forward(x, images[i], { past: pasts[i] });
        x = output;
        return places;
      });
      const probabilities = softmax(this.tgt_word_prj.forward(x));
      characters = argmax(probabilities.value);
      results.push(probabilities);
    }
    return concat(results, 1);
  }
}
