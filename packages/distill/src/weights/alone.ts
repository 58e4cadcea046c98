import { withRandom } from "@retort/autograd";
import type { Network } from "@retort/ocr-models";
import { type HostArray, Random, type Tensor } from "@retort/tensor";
import type { LoadedConfig } from "../config/load.js";
import { suggestion } from "../config/nearest.js";
import type { ArchitectureConfig, NetworkConfig } from "../config/schema/architecture.js";
import { onlyNetwork } from "../losses/from-config.js";
import type { DistillationModel } from "../model/distillation-model.js";
import { modelFromConfig } from "../model/from-config.js";
import { hostTensor } from "./host-tensor.js";
import { loadWeights } from "./load-weights.js";

/** What the networks of a config are made of. */
type Classes = Pick<LoadedConfig, "classes">;

/**
 * The section of a sub-network; a network alone has the empty name.
 * @throws Error naming what there is instead
 */
export function sectionOf(architecture: ArchitectureConfig, name: string): NetworkConfig {
  if (architecture.kind === "single") {
    if (name === onlyNetwork) return architecture.network;
    throw new Error(`the config has one network without a name, so there is no "${name}" to take out`);
  }
  const found = architecture.models.find((model) => model.name === name);
  if (found !== undefined) {
    const { name: _name, pretrained: _pretrained, freeze: _freeze, ...network } = found;
    return network;
  }
  const names = architecture.models.map((model) => model.name);
  throw new Error(`the config has no sub-network "${name}"; ${suggestion(name, names)}`);
}

/**
 * The networks of a config with these weights; `what` names them in errors. Evaluation runs their guiding branches too,
 * so that these can be compared.
 */
export function modelWith(
  { classes }: Classes,
  architecture: ArchitectureConfig,
  weights: ReadonlyMap<string, Tensor>,
  what: string,
): DistillationModel {
  const model = withRandom(new Random(0), () => modelFromConfig(architecture, classes, { emitGuide: true }));
  loadWeights(model, weights, what);
  return model;
}

/** A network of this section with the arrays of a file, which has no prefix. */
export function networkAlone(
  classes: Classes,
  network: NetworkConfig,
  arrays: ReadonlyMap<string, HostArray>,
  file: string,
): Network {
  const weights = new Map([...arrays].map(([key, array]) => [key, hostTensor(key, array)] as const));
  return networkOf(modelWith(classes, { kind: "single", network }, weights, file), onlyNetwork);
}

/** The network of this name. @throws Error when there is none */
export function networkOf({ networks }: DistillationModel, name: string): Network {
  const found = networks.get(name);
  if (found === undefined) throw new Error(`there is no network "${name}"`);
  return found.network;
}
