import { type Operand, Variable } from "@retort/autograd";
import { Module } from "@retort/autograd/nn";
import { type Backbone, type BackboneOptions, makeBackbone } from "./backbones/index.js";
import { CtcHead, type CtcHeadOptions } from "./heads/ctc-head.js";
import {
  type HeadClasses,
  type HeadTargets,
  MultiHead,
  type MultiHeadOptions,
  type MultiHeadOutput,
} from "./heads/multi-head.js";
import { SarHead, type SarHeadOptions } from "./heads/sar-head.js";
import { SequenceEncoder, type SequenceEncoderOptions } from "./necks/sequence-encoder.js";

/** A head's section of a config. */
export type HeadOptions =
  | ({ readonly name: "CTCHead" } & CtcHeadOptions)
  | ({ readonly name: "SARHead" } & SarHeadOptions)
  | ({ readonly name: "MultiHead" } & MultiHeadOptions);

/** One network's section of a config. */
export interface NetworkOptions {
  readonly backbone: BackboneOptions;
  readonly neck?: SequenceEncoderOptions;
  readonly head: HeadOptions;
}

/** What a network returns: every feature that a loss or decoder can name. */
export interface NetworkOutput {
  readonly backbone_out: Variable;
  readonly neck_out?: Variable;
  readonly head_out: Variable | MultiHeadOutput;
  /** Of a DB head: [B, 3, H, W] in training, [B, 1, H, W] in evaluation. */
  readonly maps?: Variable;
}

/** A feature by name; `head_out.ctc` also means the only output of a network with a CTC head alone. */
export type FeatureName =
  | "backbone_out"
  | "neck_out"
  | "head_out"
  | "head_out.ctc"
  | "head_out.sar"
  | "head_out.nrtr"
  | "maps";

/**
 * Looks a feature up in a network's output; `head_out` of several heads is its `ctc` part.
 * @throws Error naming the feature and what there is
 */
export function featureOf(output: NetworkOutput, name: FeatureName): Variable {
  const [key, part] = name.split(".") as [keyof NetworkOutput, "ctc" | "sar" | "nrtr" | undefined];
  const found = output[key];
  const value = found === undefined || found instanceof Variable ? found : found[part ?? "ctc"];
  if (value === undefined) {
    const heads =
      output.head_out instanceof Variable ? "" : ` with the parts ${Object.keys(output.head_out).join(", ")}`;
    throw new Error(`the network gives no ${name}, only ${Object.keys(output).join(", ")}${heads}`);
  }
  return value;
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

  constructor(options: NetworkOptions, classes: HeadClasses) {
    super();
    this.backbone = makeBackbone(options.backbone);
    if (options.neck !== undefined) this.neck = new SequenceEncoder(this.backbone.outChannels, options.neck);
    this.head = makeHead(this.neck?.outChannels ?? this.backbone.outChannels, classes, options.head);
  }

  /** Features of images [B, 3, H, W]. @throws ShapeError when the images do not fit the network */
  forward(images: Operand, targets: HeadTargets = {}): NetworkOutput {
    const backbone_out = this.backbone.forward(images);
    const neck_out = this.neck?.forward(backbone_out);
    if (this.head instanceof CtcHead)
      return { backbone_out, neck_out, head_out: this.head.forward(neck_out ?? backbone_out) };
    const head_out = this.head.forward(neck_out ?? backbone_out, targets);
    if (head_out instanceof Variable) return { backbone_out, neck_out, head_out };
    return { backbone_out, neck_out: head_out.ctc_neck, head_out };
  }
}
