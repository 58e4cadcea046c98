import { type Member, Module } from "@retort/autograd/nn";
import {
  DetectionNetwork,
  type FeatureName,
  type HeadClasses,
  MultiHead,
  type Network,
  SarHead,
} from "@retort/ocr-models";
import type { LossConfig } from "../config/schema/loss.js";
import { Adapter } from "./adapter.js";
import type { DistillationModel } from "./distillation-model.js";

/** What the keys of adapters begin with, in checkpoints. */
export const adapterPrefix = "adapter/";

/** The adapters of losses, apart from the networks. Their keys are `adapter/TERM.PAIR...`, both counted from 0. */
export class Adapters extends Module {
  /** For each term one adapter for each of its pairs, or none. */
  readonly terms: readonly (readonly Adapter[])[];

  constructor(terms: readonly (readonly Adapter[])[]) {
    super();
    this.terms = terms;
  }

  override *members(): Iterable<readonly [string, Member]> {
    for (const [term, pairs] of this.terms.entries()) {
      for (const [pair, adapter] of pairs.entries()) yield [`${adapterPrefix}${term}.${pair}`, adapter];
    }
  }
}

/**
 * The adapters that a config's Loss section names, with fresh weights, for these networks.
 * @throws Error naming a network that is not there, or a neck that one lacks
 */
export function adaptersFromConfig(config: LossConfig, model: DistillationModel, classes: HeadClasses): Adapters {
  return new Adapters(
    config.terms.map((term) => {
      if (!("adapter" in term) || term.adapter === undefined) return [];
      const { type } = term.adapter;
      const width = (name: string): number => {
        const found = model.networks.get(name);
        if (found === undefined) throw new Error(`no network "${name}" among ${[...model.networks.keys()].join(", ")}`);
        return featureWidth(found.network, term.feature, classes);
      };
      return term.pairs.map(([a, b]) => new Adapter(type, width(a), width(b)));
    }),
  );
}

/** The channels of a map, or the last axis of a sequence. */
function featureWidth(network: Network, name: FeatureName, classes: HeadClasses): number {
  if (network instanceof DetectionNetwork) return detectionWidth(network, name);
  const { backbone, neck, head } = network;
  if (name === "backbone_out") return backbone.outChannels;
  if (name === "neck_out") {
    const found = neck ?? (head instanceof MultiHead ? head.ctc_encoder : undefined);
    if (found === undefined) throw new Error("an adapter reads neck_out, but the network has no neck");
    return found.outChannels;
  }
  if (name === "head_out.nrtr") return classes.nrtr + 1;
  const readsSar = name === "head_out.sar" || head instanceof SarHead;
  return readsSar ? classes.sar - 1 : classes.ctc;
}

function detectionWidth({ neck }: DetectionNetwork, name: FeatureName): number {
  if (name === "neck_out") return neck.outChannels;
  if (name === "maps") return 3;
  throw new Error(`an adapter reads ${name}, but of a detection network it can read only neck_out and maps`);
}
