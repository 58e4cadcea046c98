import { asVariable } from "@retort/autograd";
import { ctcBatchLoss, type DbLossOptions, type DbTarget, dbLosses, dbMap, sarBatchLoss } from "@retort/ocr-models";
import type { DmlTermConfig, LossConfig, LossTermConfig } from "../config/schema/loss.js";
import type { Adapter } from "../model/adapter.js";
import type { Adapters } from "../model/adapters.js";
import type { WeightedTerm } from "./combined.js";
import { dilaDbLoss } from "./dila-db.js";
import { distanceLoss } from "./distance.js";
import { dmlLoss } from "./dml.js";
import { type Adapt, type LabelLoss, type PairLoss, pairwise, perModel, type Targets, type Term } from "./terms.js";

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

const dbTarget = ({ db }: Targets): DbTarget => db ?? needs("the maps and masks of a DB head");

const db =
  (options: DbLossOptions): LabelLoss =>
  (maps, targets) => {
    const { shrink, threshold, binary } = dbLosses(maps, dbTarget(targets), options);
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
      return pairwise(dml(config), {
        pairs: config.pairs,
        feature,
        adapt,
        name: (_a, _b, index, map) => `${config.logName}_${map === "" ? "" : `${map}_`}${index}`,
      });
    case "DistillationDistanceLoss":
      // The reference writes "l2" into the name whatever the mode is.
      return pairwise((a, b) => distanceLoss(a, b, config.mode), {
        pairs: config.pairs,
        feature,
        adapt,
        name: (a, b, index) => `${config.logName}_l2_${a}_${b}_${index}`,
      });
    case "DistillationDilaDBLoss":
      return pairwise((a, b, targets) => dilaDbLoss(a, b, dbTarget(targets).shrinkMask, config.options), {
        pairs: config.pairs,
        feature,
        name: (a, b) => `${config.logName}_${a}_${b}`,
      });
    case "DistillationCTCLoss":
    case "DistillationSARLoss":
      return perModel(config.kind === "DistillationCTCLoss" ? ctc(false) : sar(sarIgnoreIndex), {
        models: config.models,
        feature,
        name: (model, index) => `${config.logName}_${model}_${index}`,
      });
    case "DistillationDBLoss":
      return perModel(db(config.options), {
        models: config.models,
        feature,
        name: (model, _index, part) => `${config.logName}_${model}_${part}`,
      });
    case "CTCLoss":
      return perModel(ctc(config.focal), { models: [onlyNetwork], feature, name: () => "CTCLoss" });
    case "SARLoss":
      return perModel(sar(sarIgnoreIndex), { models: [onlyNetwork], feature, name: () => "SARLoss" });
    case "DBLoss":
      return perModel(db(config.options), { models: [onlyNetwork], feature, name: (_model, _index, part) => part });
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
