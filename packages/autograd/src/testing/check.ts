import { scope, type Tensor } from "@retort/tensor";
import fc, { type Arbitrary, type RunDetails } from "fast-check";
import type { Law, Loss } from "./law.js";
import { shown } from "./show.js";

/** Which laws a loss is held against, and on what. */
export interface CheckOptions {
  /** The loss's inputs in their order. */
  readonly inputs: Arbitrary<readonly Tensor[]>;
  readonly laws: readonly Law[];
  /** How many random inputs each law gets. Default: as many as the law asks for, mostly 50. */
  readonly runs?: number;
  /** Where the random inputs start. Default 1, so that a failure comes again. */
  readonly seed?: number;
  /** Where among them a failure lies, as its error says; give it with the law that failed, and only that is run again. */
  readonly path?: string;
}

/**
 * Holds a loss against laws on random inputs, in a test of any framework:
 *
 *     check(myLoss, { inputs: pairOf(logits({ classes: 11 })), laws: [nonNegative, zeroAtEquality, gradientMatches] });
 *
 * @throws Error naming the law, the smallest input found that breaks it, and the seed and path that lead to it
 */
export function check(loss: Loss, { inputs, laws, runs, seed = 1, path }: CheckOptions): void {
  for (const law of laws) {
    const property = fc.property(inputs, (tensors) => scope(() => law.holds(loss, tensors)));
    const result = fc.check(property, { numRuns: runs ?? law.runs ?? 50, seed, path });
    if (result.failed) throw failure(law, result);
  }
}

function failure(law: Law, result: RunDetails<[readonly Tensor[]]>): Error {
  const { errorInstance: found, counterexample, counterexamplePath, seed, numRuns } = result;
  const cause = found instanceof Error ? found : new Error(String(found));
  if (counterexample === null) return new Error(`${law.name} could not be checked`, { cause });
  const [inputs] = counterexample;
  return new Error(
    [
      `the loss breaks the law ${law.name}: ${cause.message}`,
      "with the inputs",
      ...inputs.map((x) => `  ${shown(x)}`),
      `found on try ${numRuns}, and again with { laws: [${law.name}], seed: ${seed}, path: "${counterexamplePath}" }`,
    ].join("\n"),
    { cause },
  );
}
