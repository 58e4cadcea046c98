import {
  add,
  additiveAttention,
  asVariable,
  concat,
  expandDims,
  gatherRows,
  matmul,
  maxPool2d,
  type Operand,
  permute,
  reshape,
  slice,
  softmax,
  split,
  squeeze,
  stack,
  type Variable,
} from "@retort/autograd";
import { Conv2d, Dropout, Embedding, kaimingNormal, Linear, Lstm, Module } from "@retort/autograd/nn";
import { argmax, full, type Tensor, tensor } from "@retort/tensor";

/** What a config can say about a SAR head. */
export interface SarHeadOptions {
  /** Hidden size of the LSTMs and of the embedding. */
  readonly encDim: number;
  /** Width of the attention. */
  readonly dK: number;
  /** Number of decoding steps. */
  readonly maxTextLength: number;
  readonly encDropRnn: number;
  readonly decDropRnn: number;
  /** Dropout on the logits in training. */
  readonly predDropout: number;
  /** Whether the prediction sees the glimpse and the holistic feature beside the LSTM's output. */
  readonly predConcat: boolean;
}

/** What a SAR head needs besides the feature map. */
export interface SarTargets {
  /** int32 [B, L]: start, characters, end, padding; makes training feed the true characters. */
  readonly labels?: Tensor;
  /** Share of each image's width that is no padding; all of it when left out. */
  readonly validRatio?: Float32Array;
}

/** How many of `length` columns count for each sample: ceil(ratio · length), at least 1 and at most all. */
function validLengths(batch: number, length: number, ratio: Float32Array | undefined): Int32Array {
  return Int32Array.from({ length: batch }, (_, b) =>
    Math.max(1, Math.min(length, Math.ceil(length * (ratio?.[b] ?? 1)))),
  );
}

/** Reads the map as a sequence and remembers it in one vector [B, encDim] (rec_sar_head.py SAREncoder). */
class SarEncoder extends Module {
  readonly rnn_encoder: Lstm;
  readonly linear: Linear;

  constructor(inputs: number, { encDim, encDropRnn }: SarHeadOptions) {
    super();
    this.rnn_encoder = new Lstm(inputs, encDim, { layers: 2, dropout: encDropRnn });
    this.linear = new Linear(encDim, encDim);
  }

  forward(map: Variable, ratio?: Float32Array): Variable {
    const pooled = squeeze(maxPool2d(map, { kernel: [map.shape[2], 1], stride: 1 }), 2);
    const { output } = this.rnn_encoder.forward(permute(pooled, [0, 2, 1]));
    const [batch, steps, width] = output.shape;
    const last = validLengths(batch, steps, ratio).map((length, b) => b * steps + length - 1);
    return this.linear.forward(gatherRows(reshape(output, [batch * steps, width]), tensor(last)));
  }
}

/** What every step of decoding sees. */
interface Memory {
  readonly map: Variable;
  readonly key: Variable;
  readonly features: Variable;
  readonly validWidth: Tensor;
  readonly holistic: Variable;
  /** Rows of the prediction's weight for what changes from step to step. */
  readonly weight: Variable;
  /** What the rest adds to the logits of every step: the holistic feature's share and the bias, [B or 1, 1, C]. */
  readonly constant: Variable;
}

/** Writes one character a step while attending to the map (rec_sar_head.py ParallelSARDecoder). */
class SarDecoder extends Module {
  readonly conv1x1_1: Linear;
  readonly conv3x3_1: Conv2d;
  readonly conv1x1_2: Linear;
  readonly rnn_decoder: Lstm;
  readonly embedding: Embedding;
  readonly prediction: Linear;
  readonly pred_dropout: Dropout;
  private readonly options: SarHeadOptions;
  private readonly start: number;

  constructor(inputs: number, classes: number, options: SarHeadOptions) {
    super();
    const { encDim, dK, predConcat } = options;
    this.options = options;
    this.start = classes - 2;
    this.conv1x1_1 = new Linear(encDim, dK);
    this.conv3x3_1 = new Conv2d(inputs, dK, { kernel: 3, padding: 1, weightInit: kaimingNormal });
    this.conv1x1_2 = new Linear(dK, 1);
    this.rnn_decoder = new Lstm(encDim, encDim, { layers: 2, dropout: options.decDropRnn });
    this.embedding = new Embedding(classes, encDim, { padding: classes - 1 });
    this.prediction = new Linear(predConcat ? 2 * encDim + inputs : encDim, classes - 1);
    this.pred_dropout = new Dropout(options.predDropout);
  }

  /** What does not change from step to step. */
  remember(map: Variable, holistic: Variable, ratio?: Float32Array): Memory {
    const [batch, channels, height, width] = map.shape;
    const key = this.conv3x3_1.forward(map);
    return {
      map,
      key: reshape(key, [batch, key.shape[1], height * width]),
      features: permute(reshape(map, [batch, channels, height * width]), [0, 2, 1]),
      validWidth: tensor(validLengths(batch, width, ratio)),
      holistic,
      ...this.predictionParts(holistic, channels),
    };
  }

  private predictionParts(holistic: Variable, channels: number): Pick<Memory, "weight" | "constant"> {
    const { weight } = this.prediction;
    const bias = this.prediction.bias as Variable;
    if (!this.options.predConcat) return { weight, constant: reshape(bias, [1, 1, -1]) };
    const width = holistic.shape[1];
    const [varying, whole] = split(weight, 0, [width + channels, width]);
    return { weight: varying, constant: expandDims(matmul(holistic, whole, bias), 1) };
  }

  /** Logits [B, T, classes - 1] for the LSTM's outputs [B, T, encDim]. */
  private predict(output: Variable, { map, key, features, validWidth, weight, constant }: Memory): Variable {
    const score = reshape(this.conv1x1_2.weight, [-1]);
    const bias = this.conv1x1_2.bias as Variable;
    const columns = { validWidth, width: map.shape[3] };
    const weights = additiveAttention(this.conv1x1_1.forward(output), key, score, bias, columns);
    const glimpse = matmul(weights, features);
    const seen = this.options.predConcat ? concat([output, glimpse], 2) : glimpse;
    return this.pred_dropout.forward(add(matmul(seen, weight), constant));
  }

  /** Teacher forcing: logits [B, L, classes - 1] for labels [B, L]. The step that reads the image has none. */
  forced(memory: Memory, labels: Tensor): Variable {
    const inputs = concat([expandDims(memory.holistic, 1), this.embedding.forward(labels)], 1);
    return this.predict(slice(this.rnn_decoder.forward(inputs).output, 1, 1), memory);
  }

  /** Feeds back its own best character: probabilities [B, maxTextLength, classes - 1], one pass over the steps. */
  free(memory: Memory): Variable {
    const [batch] = memory.map.shape;
    let { last } = this.rnn_decoder.forward(expandDims(memory.holistic, 1));
    let symbols = full([batch], this.start, "int32");
    const steps: Variable[] = [];
    for (let step = 0; step < this.options.maxTextLength; step++) {
      const inputs = expandDims(this.embedding.forward(symbols), 1);
      const state = this.rnn_decoder.forward(inputs, last);
      last = state.last;
      const probabilities = softmax(squeeze(this.predict(state.output, memory), 1));
      symbols = argmax(probabilities.value);
      steps.push(probabilities);
    }
    return stack(steps, 1);
  }
}

/**
 * Reads a feature map [B, C, H, W] by attention, character by character. In training with labels it returns logits
 * [B, L, classes - 1] for the true characters, otherwise the probabilities of its own reading, in time linear in the
 * number of steps. Of `classes`, the last but one is start and end, the last is padding.
 * Source: Li et al. 2019 (SAR); rec_sar_head.py.
 */
export class SarHead extends Module {
  readonly encoder: SarEncoder;
  readonly decoder: SarDecoder;

  constructor(inputs: number, classes: number, options: SarHeadOptions) {
    super();
    this.encoder = new SarEncoder(inputs, options);
    this.decoder = new SarDecoder(inputs, classes, options);
  }

  /** @throws Error in training without labels */
  forward(x: Operand, { labels, validRatio }: SarTargets = {}): Variable {
    const map = asVariable(x);
    const memory = this.decoder.remember(map, this.encoder.forward(map, validRatio), validRatio);
    if (!this.training) return this.decoder.free(memory);
    if (labels === undefined) throw new Error("SARHead: training needs label_sar, which is missing from the batch");
    return this.decoder.forced(memory, labels);
  }
}
