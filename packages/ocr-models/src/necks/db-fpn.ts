import { transient, type Variable } from "@retort/autograd";
import { type Conv2d, type Member, Module } from "@retort/autograd/nn";
import { joinLevels, pyramidConv, topDown } from "./pyramid.js";

/** What a config can say about DBFPN. */
export interface DbFpnOptions {
  /** Channels of the result; a multiple of 4. */
  readonly outChannels: number;
}

/**
 * The neck of PP-OCRv2: four maps, each half as large as the one before, become one [B, outChannels, H, W] of the size
 * of the first. Source: Liao et al. 2020 (DB); db_fpn.py DBFPN.
 */
export class DbFpn extends Module {
  readonly outChannels: number;
  readonly ins: readonly Conv2d[];
  readonly outs: readonly Conv2d[];

  constructor(inputs: readonly number[], { outChannels }: DbFpnOptions) {
    super();
    this.outChannels = outChannels;
    this.ins = inputs.map((channels) => pyramidConv(channels, outChannels, 1));
    this.outs = inputs.map(() => pyramidConv(outChannels, outChannels / 4, 3));
  }

  override *members(): Iterable<readonly [string, Member]> {
    for (const [i, conv] of this.ins.entries()) yield [`in${i + 2}_conv`, conv];
    for (const [i, conv] of this.outs.entries()) yield [`p${i + 2}_conv`, conv];
  }

  /** @throws ShapeError when a map is not half as large as the one before */
  forward(maps: readonly Variable[]): Variable {
    const inner = transient(() => topDown(this.ins.map((conv, i) => conv.forward(maps[i]))));
    return joinLevels(this.outs.map((conv, i) => conv.forward(inner[i])));
  }
}
