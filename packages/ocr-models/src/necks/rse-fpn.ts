import { add, type Operand, transient, type Variable } from "@retort/autograd";
import { type Conv2d, Module } from "@retort/autograd/nn";
import { SqueezeExcitation } from "../layers/squeeze-excitation.js";
import { IntraClNeck } from "./intra-cl-neck.js";
import { joinLevels, pyramidConv, topDown } from "./pyramid.js";

/** What a config can say about RSEFPN. */
export interface RseFpnOptions {
  /** Channels of the result; a multiple of 4. */
  readonly outChannels: number;
  /** Adds what goes into each squeeze and excitation to what comes out. */
  readonly shortcut: boolean;
  /** Lets each level see its surroundings, see `IntraCl`. */
  readonly intracl: boolean;
}

/** A convolution and squeeze and excitation (db_fpn.py RSELayer). */
class RseLayer extends Module {
  readonly in_conv: Conv2d;
  readonly se_block: SqueezeExcitation;
  readonly shortcut: boolean;

  constructor(inputs: number, outputs: number, kernel: number, shortcut: boolean) {
    super();
    this.in_conv = pyramidConv(inputs, outputs, kernel);
    this.se_block = new SqueezeExcitation(outputs, { slope: 0.2 });
    this.shortcut = shortcut;
  }

  forward(x: Operand): Variable {
    const map = this.in_conv.forward(x);
    const weighed = this.se_block.forward(map);
    return this.shortcut ? add(map, weighed) : weighed;
  }
}

/**
 * The neck of PP-OCRv3's student: four maps, each half as large as the one before, become one [B, outChannels, H, W] of
 * the size of the first. Source: Li et al. 2022 (PP-OCRv3); db_fpn.py RSEFPN.
 */
export class RseFpn extends IntraClNeck {
  readonly ins_conv: readonly RseLayer[];
  readonly inp_conv: readonly RseLayer[];

  constructor(inputs: readonly number[], { outChannels, shortcut, intracl }: RseFpnOptions) {
    super(outChannels, intracl);
    this.ins_conv = inputs.map((channels) => new RseLayer(channels, outChannels, 1, shortcut));
    this.inp_conv = inputs.map(() => new RseLayer(outChannels, outChannels / 4, 3, shortcut));
  }

  /** @throws ShapeError when a map is not half as large as the one before */
  forward(maps: readonly Variable[]): Variable {
    const inner = transient(() => topDown(this.ins_conv.map((layer, i) => layer.forward(maps[i]))));
    return joinLevels(this.refined(this.inp_conv.map((layer, i) => layer.forward(inner[i]))));
  }
}
