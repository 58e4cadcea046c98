import { asVariable, type Operand, type Variable } from "@retort/autograd";
import { Module } from "@retort/autograd/nn";
import type { Tensor } from "@retort/tensor";
import { SequenceEncoder, type SequenceEncoderOptions } from "../necks/sequence-encoder.js";
import { CtcHead, type CtcHeadOptions } from "./ctc-head.js";
import { NrtrHead, type NrtrOptions } from "./nrtr-head.js";
import { NrtrInput } from "./nrtr-input.js";
import { SarHead, type SarHeadOptions, type SarTargets } from "./sar-head.js";

/** What a config can say about an NRTR branch. */
export interface NrtrBranchOptions extends NrtrOptions {
  /** Adds a learned vector to each place of the map. */
  readonly usePos: boolean;
}

/** What a config can say about a MultiHead. */
export interface MultiHeadOptions {
  readonly ctc: { readonly neck: SequenceEncoderOptions; readonly head: CtcHeadOptions };
  readonly sar?: SarHeadOptions;
  /** In place of a SAR branch. */
  readonly nrtr?: NrtrBranchOptions;
}

/** Classes of each head. */
export interface HeadClasses {
  readonly ctc: number;
  readonly sar: number;
  /** Characters of NRTR, padding, unknown, start and end included; its outputs are one more. */
  readonly nrtr: number;
}

/** What heads need besides the feature map. */
export interface HeadTargets extends SarTargets {
  /** int32 [B, 2 + characters of the longest text]: start, characters, end, padding. */
  readonly nrtr?: Tensor;
}

/** The parts of a MultiHead's output. */
export interface MultiHeadOutput {
  /** Logits [B, T, classes] in training, probabilities in evaluation. */
  readonly ctc: Variable;
  /** What the CTC head reads, [B, T, dims]. */
  readonly ctc_neck: Variable;
  /** [B, L, classes - 1], in training or when asked for. */
  readonly sar?: Variable;
  /** [B, L, classes + 1], in training or when asked for; the reference calls it `gtc`. */
  readonly nrtr?: Variable;
}

/** A CTC branch with its own neck, and a SAR or an NRTR branch that guides it, on the backbone's map (rec_multi_head.py). */
export class MultiHead extends Module {
  readonly ctc_encoder: SequenceEncoder;
  readonly ctc_head: CtcHead;
  readonly sar_head: SarHead | undefined;
  readonly before_gtc: NrtrInput | undefined;
  readonly gtc_head: NrtrHead | undefined;
  /** Whether evaluation runs the guiding branch too, which the reference never does. */
  emitGuide = false;

  /** @throws RangeError when the NRTR branch's channels do not divide into heads */
  constructor(inputs: number, classes: HeadClasses, { ctc, sar, nrtr }: MultiHeadOptions) {
    super();
    this.ctc_encoder = new SequenceEncoder(inputs, ctc.neck);
    this.ctc_head = new CtcHead(this.ctc_encoder.outChannels, classes.ctc, ctc.head);
    if (sar !== undefined) this.sar_head = new SarHead(inputs, classes.sar, sar);
    if (nrtr !== undefined) {
      this.before_gtc = new NrtrInput(inputs, nrtr.nrtrDim, nrtr);
      this.gtc_head = new NrtrHead(classes.nrtr, nrtr);
    }
  }

  /** @throws ShapeError when the map is not of height 1 @throws Error in training without the labels of a branch */
  forward(x: Operand, targets: HeadTargets = {}): MultiHeadOutput {
    const map = asVariable(x);
    const ctc_neck = this.ctc_encoder.forward(map);
    const ctc = this.ctc_head.forward(ctc_neck);
    if (!(this.training || this.emitGuide)) return { ctc, ctc_neck };
    return { ctc, ctc_neck, ...this.guide(map, targets) };
  }

  private guide(map: Variable, targets: HeadTargets): Pick<MultiHeadOutput, "sar" | "nrtr"> {
    if (this.sar_head !== undefined) return { sar: this.sar_head.forward(map, targets) };
    if (this.before_gtc === undefined || this.gtc_head === undefined) return {};
    return { nrtr: this.gtc_head.forward(this.before_gtc.forward(map), targets.nrtr) };
  }
}
