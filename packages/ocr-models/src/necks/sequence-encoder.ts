import { asVariable, type Operand, permute, squeeze, type Variable } from "@retort/autograd";
import { Linear, Lstm, Module, uniformInitializer } from "@retort/autograd/nn";
import { formatShape, ShapeError } from "@retort/tensor";
import { SvtrEncoder, type SvtrOptions } from "./svtr.js";

/** A sequence encoder's section of a config. */
export type SequenceEncoderOptions =
  | ({ readonly encoder: "svtr" } & SvtrOptions)
  | { readonly encoder: "rnn"; readonly hiddenSize: number }
  | { readonly encoder: "fc"; readonly hiddenSize: number }
  | { readonly encoder: "reshape" };

/**
 * A map of height 1 as a sequence: [B, C, 1, W] to [B, W, C] (necks/rnn.py Im2Seq).
 * @throws ShapeError when the height is not 1
 */
export function mapToSequence(x: Operand): Variable {
  const map = asVariable(x);
  if (map.shape.length !== 4 || map.shape[2] !== 1) {
    throw new ShapeError(`a sequence needs a feature map of height 1, [B, C, 1, W], found ${formatShape(map.shape)}`);
  }
  return permute(squeeze(map, 2), [0, 2, 1]);
}

/** Two bidirectional LSTM layers: [B, T, C] to [B, T, 2 · hidden] (necks/rnn.py EncoderWithRNN). */
class RnnEncoder extends Module {
  readonly lstm: Lstm;
  readonly outChannels: number;

  constructor(inputs: number, hidden: number) {
    super();
    this.lstm = new Lstm(inputs, hidden, { layers: 2, bidirectional: true });
    this.outChannels = 2 * hidden;
  }

  forward(x: Operand): Variable {
    return this.lstm.forward(x).output;
  }
}

/** One linear layer a step (necks/rnn.py EncoderWithFC). */
class FcEncoder extends Module {
  readonly fc: Linear;
  readonly outChannels: number;

  constructor(inputs: number, hidden: number) {
    super();
    const limit = 1 / Math.sqrt(inputs);
    const uniform = uniformInitializer(-limit, limit);
    this.fc = new Linear(inputs, hidden, { weightInit: uniform, biasInit: uniform, parameters: { l2: 1e-5 } });
    this.outChannels = hidden;
  }

  forward(x: Operand): Variable {
    return this.fc.forward(x);
  }
}

/** Turns a backbone's map [B, C, 1, W] into a sequence [B, W, D] (necks/rnn.py SequenceEncoder). */
export class SequenceEncoder extends Module {
  readonly encoder: SvtrEncoder | RnnEncoder | FcEncoder | undefined;
  readonly outChannels: number;

  constructor(inputs: number, options: SequenceEncoderOptions) {
    super();
    if (options.encoder === "svtr") this.encoder = new SvtrEncoder(inputs, options);
    else if (options.encoder === "rnn") this.encoder = new RnnEncoder(inputs, options.hiddenSize);
    else if (options.encoder === "fc") this.encoder = new FcEncoder(inputs, options.hiddenSize);
    this.outChannels = this.encoder?.outChannels ?? inputs;
  }

  /** @throws ShapeError when the map is not of height 1 */
  forward(x: Operand): Variable {
    if (this.encoder instanceof SvtrEncoder) return mapToSequence(this.encoder.forward(x));
    const sequence = mapToSequence(x);
    return this.encoder?.forward(sequence) ?? sequence;
  }
}
