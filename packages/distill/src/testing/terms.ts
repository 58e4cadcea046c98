import { add, mul, type Variable } from "@retort/autograd";
import { type Law, type Loss, sameLoss } from "@retort/autograd/testing";
import type { FeatureName, NetworkOutput } from "@retort/ocr-models";
import fc, { type Arbitrary } from "fast-check";
import type { Ramp } from "../losses/combined.js";
import type { NamedLosses, Targets, Term } from "../losses/terms.js";

/** Which networks a term gets, and which of their features. */
export interface TermInputs {
  /** Names of the networks, in the order of the loss's inputs. */
  readonly networks: readonly string[];
  readonly feature: FeatureName;
  readonly targets?: Targets;
}

/** A network's output that has `x` under the name of a feature. */
function outputWith(feature: FeatureName, x: Variable): NetworkOutput {
  return feature === "maps"
    ? { backbone_out: [x], neck_out: x, maps: x }
    : { backbone_out: x, neck_out: x, head_out: x };
}

function total(losses: NamedLosses): Variable {
  return [...losses.values()].reduce((a, b) => add(a, b));
}

/**
 * A term of a distillation (`pairwise`, `perModel`) as a loss of one feature of each network, so that laws can be held
 * against it. Its value is the sum of the term's parts.
 */
export function lossOfTerm(term: Term, { networks, feature, targets = {} }: TermInputs): Loss {
  return (...features) =>
    total(term(new Map(networks.map((name, i) => [name, outputWith(feature, features[i])])), targets));
}

/** Ramps that start within the first ten steps and take up to ten. */
export function ramps(): Arbitrary<Ramp> {
  return fc.record({ start: fc.integer({ min: 0, max: 10 }), steps: fc.integer({ min: 1, max: 10 }) });
}

/**
 * A loss that changes with the training step, `at(step)`, is 0 up to the start of the ramp, the loss that is checked from
 * its end on, and rises in a straight line between.
 */
export function followsRamp(at: (step: number) => Loss, { start, steps }: Ramp): Law {
  const places = [0, start, start + 1, start + Math.floor(steps / 2), start + steps, start + steps + 1];
  const laws = [...new Set(places)].map((step) => ({ step, factor: Math.min(1, Math.max(0, (step - start) / steps)) }));
  return {
    name: `followsRamp({ start: ${start}, steps: ${steps} })`,
    holds(loss, inputs) {
      for (const { step, factor } of laws) {
        const part: Loss = (...features) => mul(loss(...features), factor);
        sameLoss(`at step ${step}`, part).holds(at(step), inputs);
      }
    },
  };
}
