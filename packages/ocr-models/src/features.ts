import { Variable } from "@retort/autograd";
import type { MultiHeadOutput } from "./heads/multi-head.js";

/** What a recognition network returns. */
export interface RecognitionOutput {
  readonly backbone_out: Variable;
  readonly neck_out?: Variable;
  readonly head_out: Variable | MultiHeadOutput;
}

/** What a detection network returns. */
export interface DetectionOutput {
  /** From the largest map to the smallest. */
  readonly backbone_out: readonly Variable[];
  readonly neck_out: Variable;
  /** [B, 3, H, W] in training, [B, 1, H, W] in evaluation. */
  readonly maps: Variable;
}

/** What a network returns: every feature that a loss or decoder can name. */
export type NetworkOutput = RecognitionOutput | DetectionOutput;

/** A feature by name; `head_out.ctc` also means the only output of a network with a CTC head alone. */
export type FeatureName =
  | "backbone_out"
  | "neck_out"
  | "head_out"
  | "head_out.ctc"
  | "head_out.sar"
  | "head_out.nrtr"
  | "maps";

type Parts = Readonly<Record<string, Variable | undefined>>;

/** Every variable in a network's output by its name: `backbone_out`, `head_out.ctc`, of several maps `backbone_out.0`. */
export function namedFeatures(output: NetworkOutput): Map<string, Variable> {
  const named = new Map<string, Variable>();
  for (const [name, found] of Object.entries(output) as [
    string,
    Variable | readonly Variable[] | Parts | undefined,
  ][]) {
    if (found instanceof Variable) named.set(name, found);
    else for (const [part, value] of Object.entries(found ?? {})) if (value) named.set(`${name}.${part}`, value);
  }
  return named;
}

/**
 * An output of features by name, which `featureOf` finds again. It need not have all that a network gives: what is not
 * there is an error when it is asked for.
 */
export function namedOutput(features: ReadonlyMap<FeatureName, Variable>): NetworkOutput {
  const output: Record<string, Variable | Record<string, Variable>> = {};
  for (const [name, value] of features) {
    const [whole, part] = name.split(".");
    output[whole] = part === undefined ? value : { ...(output[whole] as Record<string, Variable>), [part]: value };
  }
  return output as unknown as NetworkOutput;
}

/**
 * Looks a feature up in a network's output; `head_out` of several heads is its `ctc` part.
 * @throws Error naming the feature and what there is
 */
export function featureOf(output: NetworkOutput, name: FeatureName): Variable {
  const named = namedFeatures(output);
  const value = named.get(name) ?? named.get(name === "head_out" ? "head_out.ctc" : name.split(".")[0]);
  if (value === undefined) throw new Error(`the network gives no ${name}, only ${[...named.keys()].join(", ")}`);
  return value;
}
