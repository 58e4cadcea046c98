import type { LossConfig, LossTermConfig } from "../config/schema/loss.js";
import { onlyNetwork } from "../losses/from-config.js";

/** Whether a term compares networks with labels; `DistillationDilaDBLoss`, which compares two, does not. */
export const isLabelTerm = (term: LossTermConfig): boolean => !("pairs" in term);

/** The networks that a term teaches or compares. */
function networksOfTerm(term: LossTermConfig): readonly string[] {
  if ("pairs" in term) return [...new Set(term.pairs.flat())];
  return "models" in term ? term.models : [onlyNetwork];
}

/** The terms of a Loss section that reach a network with more than nothing, with their places. */
export function termsOf(
  { terms }: LossConfig,
  network: string,
): { readonly term: LossTermConfig; readonly index: number }[] {
  return terms
    .map((term, index) => ({ term, index }))
    .filter(({ term }) => term.weight !== 0 && networksOfTerm(term).includes(network));
}
