import { asVariable, type Operand, transient } from "@retort/autograd";
import { Module } from "@retort/autograd/nn";
import { formatShape, ShapeError } from "@retort/tensor";
import { type DetectionBackbone, type DetectionBackboneOptions, makeDetectionBackbone } from "./backbones/index.js";
import type { DetectionOutput } from "./features.js";
import { DbHead, type DbHeadOptions } from "./heads/db-head.js";
import { type DetectionNeck, type DetectionNeckOptions, makeDetectionNeck } from "./necks/index.js";

/** One detection network's section of a config. */
export interface DetectionOptions {
  readonly backbone: DetectionBackboneOptions;
  readonly neck: DetectionNeckOptions;
  readonly head: { readonly name: "DBHead" } & DbHeadOptions;
}

/** What the height and width of an image have to be a multiple of: backbones halve them five times. */
const multiple = 32;

/** One detection network: backbone, neck, head (architectures/base_model.py). */
export class DetectionNetwork extends Module {
  readonly backbone: DetectionBackbone;
  readonly neck: DetectionNeck;
  readonly head: DbHead;

  constructor({ backbone, neck, head }: DetectionOptions) {
    super();
    this.backbone = makeDetectionBackbone(backbone);
    this.neck = makeDetectionNeck(this.backbone.outChannels, neck);
    this.head = new DbHead(this.neck.outChannels, head);
  }

  /** Features of images [B, 3, H, W]. @throws ShapeError when H or W is no multiple of 32 */
  forward(images: Operand): DetectionOutput {
    const { shape } = asVariable(images);
    if (shape.length !== 4 || shape[2] % multiple !== 0 || shape[3] % multiple !== 0) {
      throw new ShapeError(
        `a detection network takes images [B, 3, H, W] with H and W multiples of ${multiple}, found ${formatShape(shape)}`,
      );
    }
    const backbone_out = this.backbone.forward(images);
    const neck_out = transient(() => this.neck.forward(backbone_out));
    return { backbone_out, neck_out, maps: transient(() => this.head.forward(neck_out)) };
  }
}
