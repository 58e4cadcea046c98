import { ctcBatchLoss, nrtrBatchLoss, sarBatchLoss } from "@retort/ocr-models";
import { slice, type Tensor } from "@retort/tensor";
import type { LabelTermConfig, LossConfig, LossTermConfig, PairTermConfig } from "../config/schema/loss.js";
import type { Adapter } from "../model/adapter.js";
import type { Adapters } from "../model/adapters.js";
import type { WeightedTerm } from "./combined.js";
import { ctcLogitsLoss } from "./ctc-logits.js";
import { distanceLoss } from "./distance.js";
import { dkdLoss } from "./dkd.js";
import { dmlLoss } from "./dml.js";
import { klDivLoss } from "./kldiv.js";
import { nrtrDmlLoss } from "./nrtr-dml.js";
import { type Adapt, type LabelLoss, type PairLoss, pairwise, perModel, type Targets, type Term } from "./terms.js";

const needs = (what: string): never => {
  throw new Error(`the loss needs ${what}, which is not in the batch: add it to KeepKeys`);
};

const nrtrLabels = ({ nrtr }: Targets): Tensor => nrtr ?? needs("NRTR labels");

/** What each of an NRTR head's `steps` outputs should be, int32 [B, steps]; 0 where a text has ended. */
const nrtrTargets = (targets: Targets, steps: number): Tensor => slice(nrtrLabels(targets), 1, 1, 1 + steps);

function pairLoss(config: PairTermConfig): PairLoss {
  switch (config.kind) {
    case "DistillationDMLLoss":
      return (a, b) => dmlLoss(a, b, config);
    case "DistillationNRTRDMLLoss":
      return (a, b, targets) => nrtrDmlLoss(a, b, nrtrTargets(targets, a.shape[1]));
    case "DistillationKLDivLoss":
      if (config.feature !== "head_out.nrtr") return (a, b) => klDivLoss(a, b);
      return (a, b, targets) => klDivLoss(a, b, nrtrTargets(targets, a.shape[1]));
    case "DistillationDKDLoss":
      return (a, b, targets) => dkdLoss(a, b, nrtrTargets(targets, a.shape[1]), config);
    case "DistillCTCLogits":
      return (a, b) => ctcLogitsLoss(a, b);
    case "DistillationDistanceLoss":
      return (a, b) => distanceLoss(a, b, config.mode);
  }
}

function labelLoss(config: LabelTermConfig, sarIgnoreIndex: number): LabelLoss {
  switch (config.kind) {
    case "CTCLoss":
      return (logits, { ctc }) => ctcBatchLoss(logits, ctc ?? needs("CTC labels and lengths"), { focal: config.focal });
    case "DistillationCTCLoss":
      return (logits, { ctc }) => ctcBatchLoss(logits, ctc ?? needs("CTC labels and lengths"));
    case "SARLoss":
    case "DistillationSARLoss":
      return (logits, { sar }) => sarBatchLoss(logits, sar ?? needs("SAR labels"), sarIgnoreIndex);
    case "NRTRLoss":
      return (logits, targets) => nrtrBatchLoss(logits, nrtrLabels(targets), config);
    case "DistillationNRTRLoss":
      // The reference leaves padding out only of the smoothed form.
      return (logits, targets) =>
        nrtrBatchLoss(logits, nrtrLabels(targets), { smoothing: config.smoothing, countPadding: !config.smoothing });
  }
}

/** The name of the network in a config without sub-networks. */
export const onlyNetwork = "";

function termOf(config: LossTermConfig, sarIgnoreIndex: number, adapters: readonly Adapter[]): Term {
  const { feature } = config;
  if ("pairs" in config) {
    const { pairs, logName, kind } = config;
    const adapt = adapters.map(
      (adapter): Adapt =>
        (x, shape) =>
          adapter.forward(x, shape),
    );
    // The reference writes "l2" into the name of a distance whatever its mode is.
    const distance = (a: string, b: string, index: number): string => `${logName}_l2_${a}_${b}_${index}`;
    const name =
      kind === "DistillationDistanceLoss" ? distance : (_a: string, _b: string, i: number) => `${logName}_${i}`;
    return pairwise(pairLoss(config), { pairs, feature, adapt, name });
  }
  const loss = labelLoss(config, sarIgnoreIndex);
  if (!("models" in config)) return perModel(loss, { models: [onlyNetwork], feature, name: () => config.kind });
  return perModel(loss, {
    models: config.models,
    feature,
    name: (model, index) => `${config.logName}_${model}_${index}`,
  });
}

/** What the mean that a term is, is over; a sum divided by the batch is over samples. */
function meanOver(term: LossTermConfig): WeightedTerm["meanOver"] {
  switch (term.kind) {
    case "SARLoss":
    case "DistillationSARLoss":
    case "NRTRLoss":
    case "DistillationNRTRDMLLoss":
      return "labels";
    case "DistillationNRTRLoss":
      return term.smoothing ? "labels" : "samples";
    case "DistillationKLDivLoss":
      return term.feature === "head_out.nrtr" ? "labels" : "samples";
    default:
      return "samples";
  }
}

/** The terms of a config's Loss section; see `adaptersFromConfig` for the adapters that it names. */
export function termsFromConfig(config: LossConfig, sarIgnoreIndex: number, adapters?: Adapters): WeightedTerm[] {
  return config.terms.map((term, i) => ({
    weight: term.weight,
    ramp: term.ramp,
    term: termOf(term, sarIgnoreIndex, adapters?.terms[i] ?? []),
    meanOver: meanOver(term),
  }));
}
