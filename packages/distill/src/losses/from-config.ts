import { ctcBatchLoss, sarBatchLoss } from "@retort/ocr-models";
import type { LossConfig, LossTermConfig } from "../config/schema/loss.js";
import type { Adapter } from "../model/adapter.js";
import type { Adapters } from "../model/adapters.js";
import type { WeightedTerm } from "./combined.js";
import { distanceLoss } from "./distance.js";
import { dmlLoss } from "./dml.js";
import { type Adapt, type LabelLoss, pairwise, perModel, type Term } from "./terms.js";

const needs = (what: string): never => {
  throw new Error(`the loss needs ${what}, which is not in the batch: add it to KeepKeys`);
};

const ctc =
  (focal: boolean): LabelLoss =>
  (logits, targets) =>
    ctcBatchLoss(logits, targets.ctc ?? needs("CTC labels and lengths"), { focal });

const sar =
  (ignoreIndex: number): LabelLoss =>
  (logits, targets) =>
    sarBatchLoss(logits, targets.sar ?? needs("SAR labels"), ignoreIndex);

/** The name of the network in a config without sub-networks. */
export const onlyNetwork = "";

function termOf(config: LossTermConfig, sarIgnoreIndex: number, adapters: readonly Adapter[]): Term {
  const { feature } = config;
  const adapt = adapters.map(
    (adapter): Adapt =>
      (x, shape) =>
        adapter.forward(x, shape),
  );
  switch (config.kind) {
    case "DistillationDMLLoss":
      return pairwise((a, b) => dmlLoss(a, b, config), {
        pairs: config.pairs,
        feature,
        adapt,
        name: (_a, _b, index) => `${config.logName}_${index}`,
      });
    case "DistillationDistanceLoss":
      // The reference writes "l2" into the name whatever the mode is.
      return pairwise((a, b) => distanceLoss(a, b, config.mode), {
        pairs: config.pairs,
        feature,
        adapt,
        name: (a, b, index) => `${config.logName}_l2_${a}_${b}_${index}`,
      });
    case "DistillationCTCLoss":
    case "DistillationSARLoss":
      return perModel(config.kind === "DistillationCTCLoss" ? ctc(false) : sar(sarIgnoreIndex), {
        models: config.models,
        feature,
        name: (model, index) => `${config.logName}_${model}_${index}`,
      });
    case "CTCLoss":
      return perModel(ctc(config.focal), { models: [onlyNetwork], feature, name: () => "CTCLoss" });
    case "SARLoss":
      return perModel(sar(sarIgnoreIndex), { models: [onlyNetwork], feature, name: () => "SARLoss" });
  }
}

/** The terms of a config's Loss section; see `adaptersFromConfig` for the adapters that it names. */
export function termsFromConfig(config: LossConfig, sarIgnoreIndex: number, adapters?: Adapters): WeightedTerm[] {
  return config.terms.map((term, i) => ({
    weight: term.weight,
    ramp: term.ramp,
    term: termOf(term, sarIgnoreIndex, adapters?.terms[i] ?? []),
    meanOver: term.kind.includes("SAR") ? "labels" : "samples",
  }));
}
