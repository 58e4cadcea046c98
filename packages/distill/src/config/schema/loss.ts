import type { DbMapName } from "@retort/ocr-models";
import { z } from "zod";
import { byName, oneKey, type Schema, section, texts } from "./build.js";
import {
  type DbTermConfig,
  type DilaDbTermConfig,
  type DistillationDbTermConfig,
  dbLoss,
  dilaDb,
  distillationDb,
} from "./db-loss.js";
import { type ModelPair, noWeight, pairs, ramp, readsKeys, type Term, type Unresolved, weight } from "./term.js";

export type { DbTermConfig, DilaDbTermConfig, DistillationDbTermConfig } from "./db-loss.js";
export type { FeatureName, ModelPair, Ramp, Reads, Unresolved } from "./term.js";

/** Makes the student's feature as large as the teacher's; it trains with the student and is not exported. */
export interface AdapterConfig {
  type: "conv1x1" | "linear" | "resize";
}

/** Mutual learning: the symmetric KL divergence between two networks' outputs (reference: `DistillationDMLLoss`). */
export interface DmlTermConfig extends Term {
  kind: "DistillationDMLLoss";
  act: "softmax" | "sigmoid" | undefined;
  useLog: boolean;
  pairs: readonly ModelPair[];
  /** The maps of DB heads that are compared; undefined for other heads. */
  maps?: readonly DbMapName[];
  adapter?: AdapterConfig;
  /** Prefix of its names in the log. */
  logName: string;
}

/** A distance between two networks' features (reference: `DistillationDistanceLoss`). */
export interface DistanceTermConfig extends Term {
  kind: "DistillationDistanceLoss";
  mode: "l1" | "l2" | "smooth_l1";
  pairs: readonly ModelPair[];
  adapter?: AdapterConfig;
  logName: string;
}

/** CTC or SAR loss of several networks against the labels (reference: `DistillationCTCLoss`, `DistillationSARLoss`). */
export interface PerModelTermConfig extends Term {
  kind: "DistillationCTCLoss" | "DistillationSARLoss";
  models: readonly string[];
  logName: string;
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

export type LossTermConfig =
  | DmlTermConfig
  | DistanceTermConfig
  | PerModelTermConfig
  | CtcTermConfig
  | SarTermConfig
  | DbTermConfig
  | DistillationDbTermConfig
  | DilaDbTermConfig;

/** A sum of weighted terms. `name` decides the names in the log. */
export interface LossConfig {
  name: "CombinedLoss" | "MultiLoss" | "CTCLoss" | "SARLoss" | "DBLoss";
  terms: readonly LossTermConfig[];
}

/** A loss before it is known which networks there are. */
export type UnresolvedLoss = Omit<LossConfig, "terms"> & { terms: readonly Unresolved<LossTermConfig>[] };

const adapter = section({ type: z.enum(["conv1x1", "linear", "resize"]) }).optional();

/** Names of maps, one alone or a list. */
const mapNames = z.preprocess(
  (value) => (typeof value === "string" ? [value] : value),
  z
    .array(z.enum(["thrink_maps", "shrink_maps", "threshold_maps", "binary_maps"]))
    .min(1)
    .nullish(),
);

const dml = section({
  weight,
  ramp,
  adapter,
  act: z.preprocess((act) => (act === "None" || act === "none" ? null : act), z.enum(["softmax", "sigmoid"]).nullish()),
  use_log: z.boolean().default(false),
  model_name_pairs: pairs,
  maps_name: mapNames,
  ...readsKeys,
  dis_head: z.enum(["ctc", "sar"]).optional(),
  name: z.string().default("dml"),
})
  .refine((raw) => !raw.maps_name || !(raw.adapter || raw.dis_head || raw.multi_head), {
    path: ["maps_name"],
    error: "names maps of a DB head, which go with no adapter, dis_head or multi_head",
  })
  .transform(
    (raw): Unresolved<DmlTermConfig> => ({
      kind: "DistillationDMLLoss",
      weight: raw.weight,
      ramp: raw.ramp,
      adapter: raw.adapter,
      act: raw.act ?? undefined,
      useLog: raw.use_log,
      pairs: raw.model_name_pairs,
      maps: raw.maps_name ?? undefined,
      reads: { key: raw.key ?? undefined, multiHead: raw.multi_head, disHead: raw.dis_head },
      logName: raw.name,
    }),
  );

const distance = section({
  weight,
  ramp,
  adapter,
  mode: z.enum(["l1", "l2", "smooth_l1"]).default("l2"),
  model_name_pairs: pairs,
  key: readsKeys.key,
  name: z.string().default("loss_distance"),
}).transform(
  (raw): Unresolved<DistanceTermConfig> => ({
    kind: "DistillationDistanceLoss",
    weight: raw.weight,
    ramp: raw.ramp,
    adapter: raw.adapter,
    mode: raw.mode,
    pairs: raw.model_name_pairs,
    reads: { key: raw.key ?? undefined },
    logName: raw.name,
  }),
);

const perModel = (kind: PerModelTermConfig["kind"], logName: string): Schema<Unresolved<PerModelTermConfig>> =>
  section({ weight, ramp, model_name_list: texts, ...readsKeys, name: z.string().default(logName) }).transform(
    (raw) => ({
      kind,
      weight: raw.weight,
      ramp: raw.ramp,
      models: raw.model_name_list,
      reads: { key: raw.key ?? undefined, multiHead: raw.multi_head },
      logName: raw.name,
    }),
  );

const ctc = (weight: Schema<number>): Schema<Unresolved<CtcTermConfig>> =>
  section({ weight, ramp, use_focal_loss: z.boolean().default(false) }).transform((raw) => ({
    kind: "CTCLoss",
    weight: raw.weight,
    ramp: raw.ramp,
    focal: raw.use_focal_loss,
    reads: {},
  }));

const sar = (weight: Schema<number>): Schema<Unresolved<SarTermConfig>> =>
  section({ weight, ramp }).transform((raw) => ({ kind: "SARLoss", weight: raw.weight, ramp: raw.ramp, reads: {} }));

type Terms = Readonly<Record<string, Schema<Unresolved<LossTermConfig>>>>;

/** Every term that a CombinedLoss can list. */
const combinedTerms: Terms = {
  DistillationDMLLoss: dml,
  DistillationDistanceLoss: distance,
  DistillationCTCLoss: perModel("DistillationCTCLoss", "loss_ctc"),
  DistillationSARLoss: perModel("DistillationSARLoss", "loss_sar"),
  DistillationDBLoss: distillationDb,
  DistillationDilaDBLoss: dilaDb,
  CTCLoss: ctc(weight),
  SARLoss: sar(weight),
};

/** Every term that a MultiLoss can list; its weights stand beside the list. */
const multiTerms: Terms = { CTCLoss: ctc(noWeight), SARLoss: sar(noWeight) };

const multiLoss = section({
  name: z.literal("MultiLoss"),
  loss_config_list: z.array(oneKey("loss of a MultiLoss", multiTerms)).min(1),
  weight_1: weight.default(1),
  weight_2: weight.default(1),
}).transform((raw): UnresolvedLoss => {
  const weights: Record<string, number> = { CTCLoss: raw.weight_1, SARLoss: raw.weight_2 };
  return { name: raw.name, terms: raw.loss_config_list.map((term) => ({ ...term, weight: weights[term.kind] })) };
});

const alone = <N extends "CTCLoss" | "SARLoss" | "DBLoss">(
  name: N,
  term: Schema<Unresolved<LossTermConfig>>,
): Schema<UnresolvedLoss> =>
  z.preprocess(
    (value) => {
      const { name: _, ...keys } = value as Record<string, unknown>;
      return keys;
    },
    term.transform((only) => ({ name, terms: [only] })),
  );

/** Every loss that a config can name. */
const losses: Readonly<Record<LossConfig["name"], Schema<UnresolvedLoss>>> = {
  CombinedLoss: section({
    name: z.literal("CombinedLoss"),
    loss_config_list: z.array(oneKey("loss", combinedTerms)).min(1),
  }).transform((raw) => ({ name: raw.name, terms: raw.loss_config_list })),
  MultiLoss: multiLoss,
  CTCLoss: alone("CTCLoss", multiTerms.CTCLoss),
  SARLoss: alone("SARLoss", multiTerms.SARLoss),
  DBLoss: alone("DBLoss", dbLoss(noWeight)),
};

export const loss: Schema<UnresolvedLoss> = byName("loss", losses);
