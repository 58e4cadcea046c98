import type { Variable } from "@retort/autograd";
import { Module } from "@retort/autograd/nn";
import { IntraCl } from "./intra-cl.js";

/** A neck of four levels, each of which may go through an `IntraCl` before they are joined (db_fpn.py `intracl`). */
export abstract class IntraClNeck extends Module {
  /** Channels of the result; each level has a quarter of them. */
  readonly outChannels: number;
  readonly incl1: IntraCl | undefined;
  readonly incl2: IntraCl | undefined;
  readonly incl3: IntraCl | undefined;
  readonly incl4: IntraCl | undefined;

  constructor(outChannels: number, intracl: boolean) {
    super();
    this.outChannels = outChannels;
    if (!intracl) return;
    const channels = outChannels / 4;
    this.incl1 = new IntraCl(channels);
    this.incl2 = new IntraCl(channels);
    this.incl3 = new IntraCl(channels);
    this.incl4 = new IntraCl(channels);
  }

  /** The levels, from large to small, each through its block if there are blocks. */
  protected refined(levels: readonly Variable[]): Variable[] {
    const blocks = [this.incl1, this.incl2, this.incl3, this.incl4];
    return levels.map((level, i) => blocks[i]?.forward(level) ?? level);
  }
}
