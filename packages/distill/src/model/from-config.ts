import { type HeadClasses, MultiHead, makeNetwork } from "@retort/ocr-models";
import type { ArchitectureConfig } from "../config/schema/architecture.js";
import { onlyNetwork } from "../losses/from-config.js";
import { DistillationModel, type SubNetwork } from "./distillation-model.js";

/**
 * The networks of a config's Architecture section with fresh weights, in the order of the file; a network alone has
 * the empty name. `emitGuide` makes evaluation run the branches that guide CTC, for a decoder that reads them.
 */
export function modelFromConfig(
  config: ArchitectureConfig,
  classes: HeadClasses,
  { emitGuide = false }: { readonly emitGuide?: boolean } = {},
): DistillationModel {
  const models =
    config.kind === "single" ? [{ name: onlyNetwork, freeze: "learning" as const, ...config.network }] : config.models;
  const networks = new Map<string, SubNetwork>();
  for (const { name, freeze, ...options } of models) {
    const network = makeNetwork(options, classes);
    if (network.head instanceof MultiHead) network.head.emitGuide = emitGuide;
    networks.set(name, { network, freeze });
  }
  return new DistillationModel(networks);
}
