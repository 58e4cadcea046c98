import type { DbLossOptions, DbMapName, FeatureName } from "@retort/ocr-models";
import { z } from "zod";
import { byName, oneKey, type Schema, section } from "./build.js";
import { dbLoss } from "./db-terms.js";
import { alone, labelTerms, singleTerms } from "./label-terms.js";
import { pairTerms } from "./pair-terms.js";
import { noWeight, weight } from "./term-keys.js";

/** A term whose weight grows from 0 to full between the steps `start` and `start + steps`. */
export interface Ramp {
  start: number;
  steps: number;
}

/** Makes the student's feature as large as the teacher's; it trains with the student and is not exported. */
export interface AdapterConfig {
  type: "conv1x1" | "linear" | "resize";
}

/** What the config itself says about the feature: `key`, `multi_head`, `dis_head`. */
export interface Reads {
  key?: "backbone_out" | "neck_out" | "head_out" | "maps";
  multiHead?: boolean;
  disHead?: "ctc" | "sar" | "nrtr";
}

interface Term {
  weight: number;
  ramp?: Ramp;
  feature: FeatureName;
}

/** The networks of a pair, first the student. */
export type ModelPair = readonly [string, string];

interface PairTerm extends Term {
  pairs: readonly ModelPair[];
  adapter?: AdapterConfig;
  /** Prefix of its names in the log. */
  logName: string;
}

/** Mutual learning: a KL divergence between two networks' outputs (reference: `DistillationDMLLoss`). */
export interface DmlTermConfig extends PairTerm {
  kind: "DistillationDMLLoss";
  act: "softmax" | "sigmoid" | undefined;
  useLog: boolean;
  /** Divides logits. */
  temperature: number;
  /** Half of both divergences, or that of the second output from the first, or the other way round. */
  direction: "both" | "forward" | "reverse";
  /** The maps of DB heads that are compared; undefined for other heads. */
  maps?: readonly DbMapName[];
}

/** Mutual learning of NRTR heads at the positions that have a label (reference: `DistillationNRTRDMLLoss`). */
export interface NrtrDmlTermConfig extends PairTerm {
  kind: "DistillationNRTRDMLLoss";
}

/**
 * The KL divergence of the second output from the first; of NRTR heads, where there is a label (reference:
 * `DistillationKLDivLoss`).
 */
export interface KlDivTermConfig extends PairTerm {
  kind: "DistillationKLDivLoss";
}

/** Decoupled distillation of NRTR heads (reference: `DistillationDKDLoss`). */
export interface DkdTermConfig extends PairTerm {
  kind: "DistillationDKDLoss";
  temperature: number;
  /** Weight of the target class against the rest. */
  alpha: number;
  /** Weight of the other classes among themselves. */
  beta: number;
}

/** Distillation of CTC outputs averaged over time (reference: `DistillCTCLogits`). */
export interface CtcLogitsTermConfig extends PairTerm {
  kind: "DistillCTCLogits";
}

/** A distance between two networks' features (reference: `DistillationDistanceLoss`). */
export interface DistanceTermConfig extends PairTerm {
  kind: "DistillationDistanceLoss";
  mode: "l1" | "l2" | "smooth_l1";
}

/**
 * The loss of students against their teacher's shrink map, which spreads by a pixel; unlike in the reference its options
 * count (reference: `DistillationDilaDBLoss`).
 */
export interface DilaDbTermConfig extends PairTerm {
  kind: "DistillationDilaDBLoss";
  options: Required<Omit<DbLossOptions, "beta">>;
}

/** A term between two networks. */
export type PairTermConfig =
  | DmlTermConfig
  | NrtrDmlTermConfig
  | KlDivTermConfig
  | DkdTermConfig
  | CtcLogitsTermConfig
  | DistanceTermConfig
  | DilaDbTermConfig;

interface PerModelTerm extends Term {
  models: readonly string[];
  logName: string;
}

/** CTC or SAR loss of several networks against the labels (reference: `DistillationCTCLoss`, `DistillationSARLoss`). */
export interface PerModelTermConfig extends PerModelTerm {
  kind: "DistillationCTCLoss" | "DistillationSARLoss";
}

/** NRTR loss of several networks against the labels (reference: `DistillationNRTRLoss`). */
export interface NrtrPerModelTermConfig extends PerModelTerm {
  kind: "DistillationNRTRLoss";
  /** Spreads a tenth of each label over the other classes. Without it padding counts too, as in the reference. */
  smoothing: boolean;
}

/** DB loss of several networks; unlike in the reference its options count (reference: `DistillationDBLoss`). */
export interface DistillationDbTermConfig extends PerModelTerm {
  kind: "DistillationDBLoss";
  options: Required<DbLossOptions>;
}

/** CTC loss of a single network; `focal` weights each sample by (1 - exp(-loss))^2. */
export interface CtcTermConfig extends Term {
  kind: "CTCLoss";
  focal: boolean;
}

/** SAR loss of a single network. */
export interface SarTermConfig extends Term {
  kind: "SARLoss";
}

/** NRTR loss of a single network; padding never counts. */
export interface NrtrTermConfig extends Term {
  kind: "NRTRLoss";
  smoothing: boolean;
}

/** The loss of a single DB network against its maps (reference: `DBLoss`). */
export interface DbTermConfig extends Term {
  kind: "DBLoss";
  options: Required<DbLossOptions>;
}

/** A term between networks and labels. */
export type LabelTermConfig =
  | PerModelTermConfig
  | NrtrPerModelTermConfig
  | DistillationDbTermConfig
  | CtcTermConfig
  | SarTermConfig
  | NrtrTermConfig
  | DbTermConfig;

export type LossTermConfig = PairTermConfig | LabelTermConfig;

/** A sum of weighted terms. `name` decides the names in the log. */
export interface LossConfig {
  name: "CombinedLoss" | "MultiLoss" | "CTCLoss" | "SARLoss" | "NRTRLoss" | "DBLoss";
  terms: readonly LossTermConfig[];
}

/** A term or decoder before it is known which networks there are. */
export type Unresolved<T> = T extends unknown ? Omit<T, "feature"> & { reads: Reads } : never;
export type UnresolvedLoss = Omit<LossConfig, "terms"> & { terms: readonly Unresolved<LossTermConfig>[] };

const multiLoss = section({
  name: z.literal("MultiLoss"),
  loss_config_list: z.array(oneKey("loss of a MultiLoss", singleTerms)).min(1),
  weight_1: weight.default(1),
  weight_2: weight.default(1),
}).transform((raw): UnresolvedLoss => {
  const weightOf = (kind: string): number => (kind === "CTCLoss" ? raw.weight_1 : raw.weight_2);
  return { name: raw.name, terms: raw.loss_config_list.map((term) => ({ ...term, weight: weightOf(term.kind) })) };
});

/** Every loss that a config can name. */
const losses: Readonly<Record<LossConfig["name"], Schema<UnresolvedLoss>>> = {
  CombinedLoss: section({
    name: z.literal("CombinedLoss"),
    loss_config_list: z.array(oneKey<Unresolved<LossTermConfig>>("loss", { ...pairTerms, ...labelTerms })).min(1),
  }).transform((raw) => ({ name: raw.name, terms: raw.loss_config_list })),
  MultiLoss: multiLoss,
  CTCLoss: alone("CTCLoss", singleTerms.CTCLoss),
  SARLoss: alone("SARLoss", singleTerms.SARLoss),
  NRTRLoss: alone("NRTRLoss", singleTerms.NRTRLoss),
  DBLoss: alone("DBLoss", dbLoss(noWeight)),
};

export const loss: Schema<UnresolvedLoss> = byName("loss", losses);
