import type { FeatureName } from "@retort/ocr-models";
import type { ArchitectureConfig, SubNetworkConfig } from "../schema/architecture.js";
import type { LossConfig } from "../schema/loss.js";

/** A frozen network and the features of it that losses read. */
export interface CachedTeacher {
  readonly network: SubNetworkConfig;
  readonly features: readonly FeatureName[];
}

/** What a network with one head calls `head_out.ctc` is all of `head_out`. */
const nameIn = ({ head }: SubNetworkConfig, feature: FeatureName): FeatureName =>
  head.name === "MultiHead" || !feature.startsWith("head_out") ? feature : "head_out";

/**
 * The networks whose outputs can be stored: frozen ones, whose output of a sample depends on nothing else. One that is
 * frozen as in the reference is not: it runs on statistics of the batch.
 */
export function cachedTeachers(architecture: ArchitectureConfig, loss: LossConfig): CachedTeacher[] {
  if (architecture.kind === "single") return [];
  return architecture.models.flatMap((network) => {
    if (network.freeze !== "frozen") return [];
    const read = loss.terms.filter((term) =>
      "pairs" in term
        ? term.pairs.flat().includes(network.name)
        : "models" in term && term.models.includes(network.name),
    );
    const features = [...new Set(read.map(({ feature }) => nameIn(network, feature)))].sort();
    return features.length === 0 ? [] : [{ network, features }];
  });
}
