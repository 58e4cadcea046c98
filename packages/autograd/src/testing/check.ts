import { scope, type Tensor } from "@retort/tensor";
import fc, { type Arbitrary } from "fast-check";
import type { Law, Loss } from "./laws.js";

/** Which laws a loss is held against, and on what. */
export interface CheckOptions {
  /** The loss's inputs in their order. */
  readonly inputs: Arbitrary<readonly Tensor[]>;
  readonly laws: readonly Law[];
  /** How many random inputs each law gets. Default 50. */
  readonly runs?: number;
  /** Where the random inputs start. Default 1, so that a failure comes again. */
  readonly seed?: number;
}

/**
 * Holds a loss against laws on random inputs, in a test of any framework:
 *
 *     check(myLoss, { inputs: pairOf(logits({ classes: 11 })), laws: [nonNegative, zeroAtEquality, gradientMatches] });
 *
 * @throws Error naming the law and the smallest input found that breaks it
 */
export function check(loss: Loss, { inputs, laws, runs = 50, seed = 1 }: CheckOptions): void {
  for (const law of laws) {
    const property = fc.property(inputs, (tensors) => scope(() => law.holds(loss, tensors)));
    const result = fc.check(property, { numRuns: runs, seed });
    if (!result.failed) continue;
    const cause =
      result.errorInstance instanceof Error ? result.errorInstance : new Error(String(result.errorInstance));
    const example = (result.counterexample ?? []).flat().map(String).join("\n  ");
    throw new Error(`the loss breaks the law ${law.name}: ${cause.message}\nwith the inputs\n  ${example}`, { cause });
  }
}
