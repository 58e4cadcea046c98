import type { Variable } from "@retort/autograd";
import { type FeatureName, featureOf, type NetworkOutput } from "@retort/ocr-models";
import { formatShape, type Shape, type Tensor } from "@retort/tensor";

/** Outputs of the networks by name, in the order of the config. A network alone has the empty name. */
export type ModelOutputs = ReadonlyMap<string, NetworkOutput>;

/** What losses compare outputs with. */
export interface Targets {
  readonly ctc?: { readonly labels: Tensor; readonly lengths: Tensor };
  /** int32 [B, L]: start, characters, end, padding. */
  readonly sar?: Tensor;
  /** int32 [B, 2 + characters of the longest text]: start (2), characters, end (3), padding (0). */
  readonly nrtr?: Tensor;
}

/** Values by log name. */
export type NamedLosses = Map<string, Variable>;

/** A loss over the outputs of several networks. */
export type Term = (outputs: ModelOutputs, targets: Targets) => NamedLosses;

/** A loss between two features; it may ask the targets which positions count. */
export type PairLoss = (a: Variable, b: Variable, targets: Targets) => Variable;

/** A loss of one feature against the targets. */
export type LabelLoss = (feature: Variable, targets: Targets) => Variable;

/** Brings the first feature of a pair to the shape of the second before they are compared, see `Adapter`. */
export type Adapt = (feature: Variable, shape: Shape) => Variable;

function outputOf(outputs: ModelOutputs, model: string): NetworkOutput {
  const found = outputs.get(model);
  if (found === undefined) throw new Error(`no network "${model}" among ${[...outputs.keys()].join(", ")}`);
  return found;
}

/**
 * Compares one feature of pairs of networks. Names in the log come from `name(a, b, index)`.
 * @throws Error naming both networks and shapes when the features differ in shape
 */
export function pairwise(
  loss: PairLoss,
  options: {
    readonly pairs: readonly (readonly [string, string])[];
    readonly feature: FeatureName;
    readonly name: (a: string, b: string, index: number) => string;
    readonly adapt?: readonly (Adapt | undefined)[];
  },
): Term {
  return (outputs, targets) => {
    const found: NamedLosses = new Map();
    for (const [index, [a, b]] of options.pairs.entries()) {
      const first = featureOf(outputOf(outputs, a), options.feature);
      const second = featureOf(outputOf(outputs, b), options.feature);
      const adapted = options.adapt?.[index]?.(first, second.shape) ?? first;
      if (formatShape(adapted.shape) !== formatShape(second.shape)) {
        throw new Error(
          `${options.feature} of ${a} has shape ${formatShape(adapted.shape)} and that of ${b} ${formatShape(second.shape)}: ` +
            "they can only be compared through an adapter",
        );
      }
      found.set(options.name(a, b, index), loss(adapted, second, targets));
    }
    return found;
  };
}

/** Compares one feature of each network with the targets. */
export function perModel(
  loss: LabelLoss,
  options: {
    readonly models: readonly string[];
    readonly feature: FeatureName;
    readonly name: (model: string, index: number) => string;
  },
): Term {
  return (outputs, targets) =>
    new Map(
      options.models.map((model, index) => [
        options.name(model, index),
        loss(featureOf(outputOf(outputs, model), options.feature), targets),
      ]),
    );
}
