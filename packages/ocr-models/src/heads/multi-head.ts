import { asVariable, type Operand, type Variable } from "@retort/autograd";
import { Module } from "@retort/autograd/nn";
import { SequenceEncoder, type SequenceEncoderOptions } from "../necks/sequence-encoder.js";
import { CtcHead, type CtcHeadOptions } from "./ctc-head.js";
import { SarHead, type SarHeadOptions, type SarTargets } from "./sar-head.js";

/** What a config can say about a MultiHead. */
export interface MultiHeadOptions {
  readonly ctc: { readonly neck: SequenceEncoderOptions; readonly head: CtcHeadOptions };
  readonly sar?: SarHeadOptions;
}

/** Classes of each head. */
export interface HeadClasses {
  readonly ctc: number;
  readonly sar: number;
}

/** The parts of a MultiHead's output. */
export interface MultiHeadOutput {
  /** [B, T, classes]: logits in training, probabilities in evaluation. */
  readonly ctc: Variable;
  /** [B, T, dims]: what the CTC head reads. */
  readonly ctc_neck: Variable;
  /** [B, L, classes - 1], in training or when asked for. */
  readonly sar?: Variable;
}

/** A CTC branch with its own neck, and a SAR branch on the backbone's map (rec_multi_head.py). */
export class MultiHead extends Module {
  readonly ctc_encoder: SequenceEncoder;
  readonly ctc_head: CtcHead;
  readonly sar_head: SarHead | undefined;
  /** Whether evaluation runs the SAR branch too, which the reference never does. */
  emitSar = false;

  constructor(inputs: number, classes: HeadClasses, options: MultiHeadOptions) {
    super();
    this.ctc_encoder = new SequenceEncoder(inputs, options.ctc.neck);
    this.ctc_head = new CtcHead(this.ctc_encoder.outChannels, classes.ctc, options.ctc.head);
    if (options.sar !== undefined) this.sar_head = new SarHead(inputs, classes.sar, options.sar);
  }

  /** @throws ShapeError when the map is not of height 1 @throws Error in training without SAR labels */
  forward(x: Operand, targets: SarTargets = {}): MultiHeadOutput {
    const map = asVariable(x);
    const ctc_neck = this.ctc_encoder.forward(map);
    const ctc = this.ctc_head.forward(ctc_neck);
    if (this.sar_head === undefined || !(this.training || this.emitSar)) return { ctc, ctc_neck };
    return { ctc, ctc_neck, sar: this.sar_head.forward(map, targets) };
  }
}
