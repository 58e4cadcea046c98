import { add, transient, type Variable } from "@retort/autograd";
import type { Conv2d } from "@retort/autograd/nn";
import { DsConv } from "../layers/ds-conv.js";
import { IntraClNeck } from "./intra-cl-neck.js";
import { joinLevels, pyramidConv, topDown } from "./pyramid.js";

/** What a config can say about LKPAN. */
export interface LkPanOptions {
  /** Channels of the result; a multiple of 4. */
  readonly outChannels: number;
  /** Whether large kernels are those of whole or of depthwise convolutions. */
  readonly mode: "large" | "lite";
  /** Lets each level see its surroundings, see `IntraCl`. */
  readonly intracl: boolean;
}

/**
 * The neck of PP-OCRv3's teacher: four maps, each half as large as the one before, become one [B, outChannels, H, W] of
 * the size of the first. What they say goes from small to large and back to small, through kernels of 9 by 9.
 * Source: Liu et al. 2018 (PANet), Li et al. 2022 (PP-OCRv3); db_fpn.py LKPAN.
 */
export class LkPan extends IntraClNeck {
  readonly ins_conv: readonly Conv2d[];
  readonly inp_conv: readonly (Conv2d | DsConv)[];
  readonly pan_head_conv: readonly Conv2d[];
  readonly pan_lat_conv: readonly (Conv2d | DsConv)[];

  constructor(inputs: readonly number[], { outChannels, mode, intracl }: LkPanOptions) {
    super(outChannels, intracl);
    const channels = outChannels / 4;
    const wide = (from: number): Conv2d | DsConv =>
      mode === "large" ? pyramidConv(from, channels, 9) : new DsConv(from, channels, 9);
    this.ins_conv = inputs.map((from) => pyramidConv(from, outChannels, 1));
    this.inp_conv = inputs.map(() => wide(outChannels));
    this.pan_head_conv = inputs.slice(1).map(() => pyramidConv(channels, channels, 3, 2));
    this.pan_lat_conv = inputs.map(() => wide(channels));
  }

  /** @throws ShapeError when a map is not half as large as the one before */
  forward(maps: readonly Variable[]): Variable {
    const levels = transient(() => this.bottomUp(transient(() => this.narrowed(maps))));
    return joinLevels(this.refined(this.pan_lat_conv.map((layer, i) => layer.forward(levels[i]))));
  }

  private narrowed(maps: readonly Variable[]): Variable[] {
    const inner = topDown(this.ins_conv.map((conv, i) => conv.forward(maps[i])));
    return this.inp_conv.map((layer, i) => layer.forward(inner[i]));
  }

  /** Adds to each level the sum of all larger ones, made smaller. */
  private bottomUp(levels: readonly Variable[]): Variable[] {
    const sums = [...levels];
    for (let i = 1; i < sums.length; i++) sums[i] = add(levels[i], this.pan_head_conv[i - 1].forward(sums[i - 1]));
    return sums;
  }
}
