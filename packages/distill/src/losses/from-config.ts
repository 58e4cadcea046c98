import { asVariable, type SumOverParts } from "@retort/autograd";
import {
  ctcBatchLoss,
  type DbLossOptions,
  type DbTarget,
  dbLosses,
  dbMap,
  nrtrBatchLoss,
  sarBatchLoss,
} from "@retort/ocr-models";
import { slice, type Tensor } from "@retort/tensor";
import type {
  DmlTermConfig,
  LabelTermConfig,
  LossConfig,
  LossTermConfig,
  PairTermConfig,
} from "../config/schema/loss.js";
import type { Adapter } from "../model/adapter.js";
import type { Adapters } from "../model/adapters.js";
import type { WeightedTerm } from "./combined.js";
import { ctcLogitsLoss } from "./ctc-logits.js";
import { dilaDbLoss } from "./dila-db.js";
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

const dbTarget = ({ db }: Targets): DbTarget => db ?? needs("the maps and masks of a DB head");

const db =
  (options: DbLossOptions, overParts: SumOverParts | undefined): LabelLoss =>
  (maps, targets) => {
    const { shrink, threshold, binary } = dbLosses(maps, dbTarget(targets), options, overParts);
    return new Map([
      ["loss_shrink_maps", shrink],
      ["loss_threshold_maps", threshold],
      ["loss_binary_maps", binary],
      // The reference logs the loss of a kind of head that none of these networks has.
      ["loss_cbn", asVariable(0)],
    ]);
  };

function dml(config: DmlTermConfig): PairLoss {
  const { maps } = config;
  if (maps === undefined) return (a, b) => dmlLoss(a, b, config);
  return (a, b) => new Map(maps.map((name) => [name, dmlLoss(dbMap(a, name), dbMap(b, name), config)]));
}

function pairLoss(config: PairTermConfig, overParts: SumOverParts | undefined): PairLoss {
  switch (config.kind) {
    case "DistillationDMLLoss":
      return dml(config);
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
    case "DistillationDilaDBLoss":
      return (a, b, targets) => dilaDbLoss(a, b, dbTarget(targets).shrinkMask, config.options, overParts);
  }
}

function labelLoss(config: LabelTermConfig, sarIgnoreIndex: number, overParts: SumOverParts | undefined): LabelLoss {
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
    case "DBLoss":
    case "DistillationDBLoss":
      return db(config.options, overParts);
  }
}

/** The name of the network in a config without sub-networks. */
export const onlyNetwork = "";

/** The name in the log of a pair's loss, or of that of one of its maps. */
function pairName({ kind, logName }: PairTermConfig, a: string, b: string, index: number, map: string): string {
  // The reference writes "l2" into the name of a distance whatever its mode is.
  if (kind === "DistillationDistanceLoss") return `${logName}_l2_${a}_${b}_${index}`;
  if (kind === "DistillationDilaDBLoss") return `${logName}_${a}_${b}`;
  return `${logName}_${map === "" ? "" : `${map}_`}${index}`;
}

/** The name in the log of a network's loss, or of one part of it. */
function labelName(config: LabelTermConfig, model: string, index: number, part: string): string {
  if (!("logName" in config)) return part === "" ? config.kind : part;
  return `${config.logName}_${model}_${part === "" ? index : part}`;
}

function termOf(
  config: LossTermConfig,
  sarIgnoreIndex: number,
  adapters: readonly Adapter[],
  overParts: SumOverParts | undefined,
): Term {
  const { feature } = config;
  if ("pairs" in config) {
    const adapt = adapters.map(
      (adapter): Adapt =>
        (x, shape) =>
          adapter.forward(x, shape),
    );
    const name = (a: string, b: string, index: number, map: string): string => pairName(config, a, b, index, map);
    return pairwise(pairLoss(config, overParts), { pairs: config.pairs, feature, adapt, name });
  }
  return perModel(labelLoss(config, sarIgnoreIndex, overParts), {
    models: "models" in config ? config.models : [onlyNetwork],
    feature,
    name: (model, index, part) => labelName(config, model, index, part),
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

/**
 * The terms of a config's Loss section; see `adaptersFromConfig` for the adapters that it names. Where several processes
 * hold parts of a batch, terms that are quotients of sums add these up by `overParts`; all others are means, whose parts
 * `combined` weighs.
 */
export function termsFromConfig(
  config: LossConfig,
  sarIgnoreIndex: number,
  adapters?: Adapters,
  overParts?: SumOverParts,
): WeightedTerm[] {
  return config.terms.map((term, i) => ({
    weight: term.weight,
    ramp: term.ramp,
    term: termOf(term, sarIgnoreIndex, adapters?.terms[i] ?? [], overParts),
    meanOver: meanOver(term),
  }));
}
