import { type Operand, Variable } from "@retort/autograd";
import { Module } from "@retort/autograd/nn";
import { type Backbone, type BackboneOptions, makeBackbone } from "./backbones/index.js";
import type { RecognitionOutput } from "./features.js";
import { CtcHead, type CtcHeadOptions } from "./heads/ctc-head.js";
import { type HeadClasses, type HeadTargets, MultiHead, type MultiHeadOptions } from "./heads/multi-head.js";
import { SarHead, type SarHeadOptions } from "./heads/sar-head.js";
import { SequenceEncoder, type SequenceEncoderOptions } from "./necks/sequence-encoder.js";

/** The section of a config for the head of a recognition network. */
export type HeadOptions =
  | ({ readonly name: "CTCHead" } & CtcHeadOptions)
  | ({ readonly name: "SARHead" } & SarHeadOptions)
  | ({ readonly name: "MultiHead" } & MultiHeadOptions);

/** One recognition network's section of a config. */
export interface RecognitionOptions {
  readonly backbone: BackboneOptions;
  readonly neck?: SequenceEncoderOptions;
  readonly head: HeadOptions;
}

type Head = CtcHead | SarHead | MultiHead;

function makeHead(inputs: number, classes: HeadClasses, options: HeadOptions): Head {
  switch (options.name) {
    case "CTCHead":
      return new CtcHead(inputs, classes.ctc, options);
    case "SARHead":
      return new SarHead(inputs, classes.sar, options);
    case "MultiHead":
      return new MultiHead(inputs, classes, options);
  }
}

/** One recognition network: backbone, perhaps a neck, head (architectures/base_model.py). */
export class RecognitionNetwork extends Module {
  readonly backbone: Backbone;
  readonly neck: SequenceEncoder | undefined;
  readonly head: Head;

  constructor(options: RecognitionOptions, classes: HeadClasses) {
    super();
    this.backbone = makeBackbone(options.backbone);
    if (options.neck !== undefined) this.neck = new SequenceEncoder(this.backbone.outChannels, options.neck);
    this.head = makeHead(this.neck?.outChannels ?? this.backbone.outChannels, classes, options.head);
  }

  /** Features of images [B, 3, H, W]. @throws ShapeError when the images do not fit the network */
  forward(images: Operand, targets: HeadTargets = {}): RecognitionOutput {
    const backbone_out = this.backbone.forward(images);
    const neck_out = this.neck?.forward(backbone_out);
    if (this.head instanceof CtcHead)
      return { backbone_out, neck_out, head_out: this.head.forward(neck_out ?? backbone_out) };
    const head_out = this.head.forward(neck_out ?? backbone_out, targets);
    if (head_out instanceof Variable) return { backbone_out, neck_out, head_out };
    return { backbone_out, neck_out: head_out.ctc_neck, head_out };
  }
}
