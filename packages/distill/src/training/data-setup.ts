import type { CtcSteps, DataSetup } from "@retort/ocr-models/data";
import { networksOf } from "../config/checks/networks.js";
import { pictureSizes } from "../config/checks/picture-sizes.js";
import { backboneShape } from "../config/checks/shapes.js";
import type { LoadedConfig } from "../config/load.js";
import type { RecognitionConfig } from "../config/recognition.js";

/** What the data set of a config's Train or Eval section needs beside the section. */
export function dataSetup({ config, dictionary }: LoadedConfig, mode: "train" | "eval"): DataSetup {
  const { seed, maxTextLength } = config.global;
  return { mode, seed, dictionary, maxTextLength, ctcSteps: mode === "train" ? ctcSteps(config) : undefined };
}

/**
 * The time steps that labels have to fit into, for every size of the training pictures: the fewest among the networks
 * that learn by a CTC loss. Undefined without such a loss, or when pictures can have any width.
 */
function ctcSteps({ architecture, loss, train }: RecognitionConfig): CtcSteps[] | undefined {
  const learnsCtc = (name: string | undefined): boolean =>
    loss.terms.some((term) => {
      if (term.kind === "DistillationCTCLoss") return name !== undefined && term.models.includes(name);
      return term.kind === "CTCLoss";
    });
  const learners = networksOf(architecture).flatMap(({ name, network }) =>
    network.modelType === "rec" && learnsCtc(name) ? [network] : [],
  );
  const sizes = pictureSizes(train);
  if (learners.length === 0 || sizes.length === 0) return undefined;
  return sizes.map(([height, width]) => ({
    height,
    width,
    steps: Math.min(...learners.map(({ backbone }) => backboneShape(backbone, height, width)[2])),
  }));
}
