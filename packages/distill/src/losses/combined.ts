import { add, mul, type Variable } from "@retort/autograd";
import type { ModelOutputs, NamedLosses, Targets, Term } from "./terms.js";

/** Lets a term grow from 0 at step `start` to its full weight `steps` later. */
export interface Ramp {
  readonly start: number;
  readonly steps: number;
}

/** A term and how much it counts. */
export interface WeightedTerm {
  readonly weight: number;
  readonly term: Term;
  readonly ramp?: Ramp;
  /** What the term's mean is over: samples, or labels that count. */
  readonly meanOver?: "samples" | "labels";
}

/** Which share of the whole batch a part holds. Every mean is weighed with it, so that the parts add up to the whole. */
export interface Share {
  readonly samples: number;
  readonly labels: number;
}

/** The weighted sum of all terms, and every weighted value by its log name. */
export interface CombinedLoss {
  readonly loss: Variable;
  readonly parts: NamedLosses;
}

/** How far a ramp has risen at a step: 0 to 1. */
export function rampFactor(ramp: Ramp | undefined, step: number): number {
  return ramp === undefined ? 1 : Math.min(1, Math.max(0, (step - ramp.start) / ramp.steps));
}

/**
 * Adds weighted terms up; values in the log are weighted too, as in the reference. A term whose ramp has not begun is 0
 * and is not computed into the gradient. Source: combined_loss.py.
 */
export function combined(
  terms: readonly WeightedTerm[],
): (outputs: ModelOutputs, targets: Targets, step: number, share?: Share) => CombinedLoss {
  if (terms.length === 0) throw new Error("a combined loss needs at least one term");
  return (outputs, targets, step, share = { samples: 1, labels: 1 }) => {
    const parts: NamedLosses = new Map();
    let total: Variable | undefined;
    for (const { weight, term, ramp, meanOver = "samples" } of terms) {
      const factor = weight * rampFactor(ramp, step) * share[meanOver];
      for (const [name, value] of term(outputs, targets)) {
        const weighted = mul(value, factor);
        parts.set(name, weighted);
        if (factor !== 0) total = total === undefined ? weighted : add(total, weighted);
      }
    }
    return { loss: total ?? [...parts.values()].reduce((a, b) => add(a, b)), parts };
  };
}
