import { z } from "zod";
import { byName, integer, number, oneKey, type Schema, section, texts } from "./build.js";

/** A term whose weight grows from 0 to full between the steps `start` and `start + steps`. */
export interface Ramp {
  start: number;
  steps: number;
}

/** Makes the student's feature as large as the teacher's; it trains with the student and is not exported. */
export interface AdapterConfig {
  type: "conv1x1" | "linear" | "resize";
}

/**
 * Which feature a term or decoder reads, once the networks are known: `backbone_out`, `neck_out`, `head_out`, or one part
 * of a head's output, `head_out.ctc` or `head_out.sar`. For a network whose only head is that part, both names mean the
 * same tensor.
 */
export type FeatureName = "backbone_out" | "neck_out" | "head_out" | "head_out.ctc" | "head_out.sar" | "head_out.nrtr";

/** What the config itself says about the feature: `key`, `multi_head`, `dis_head`. */
export interface Reads {
  key?: "backbone_out" | "neck_out" | "head_out";
  multiHead?: boolean;
  disHead?: "ctc" | "sar";
}

interface Term {
  weight: number;
  ramp?: Ramp;
  feature: FeatureName;
}

/** The networks of a pair, first the student. */
export type ModelPair = readonly [string, string];

/** Mutual learning: the symmetric KL divergence between two networks' outputs (reference: `DistillationDMLLoss`). */
export interface DmlTermConfig extends Term {
  kind: "DistillationDMLLoss";
  act: "softmax" | "sigmoid" | undefined;
  useLog: boolean;
  pairs: readonly ModelPair[];
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

export type LossTermConfig = DmlTermConfig | DistanceTermConfig | PerModelTermConfig | CtcTermConfig | SarTermConfig;

/** A sum of weighted terms. `name` decides the names in the log. */
export interface LossConfig {
  name: "CombinedLoss" | "MultiLoss" | "CTCLoss" | "SARLoss";
  terms: readonly LossTermConfig[];
}

/** A term before it is known which networks there are. */
export type Unresolved<T> = T extends unknown ? Omit<T, "feature"> & { reads: Reads } : never;
export type UnresolvedLoss = Omit<LossConfig, "terms"> & { terms: readonly Unresolved<LossTermConfig>[] };

/** The keys that say which feature is read. */
export const readsKeys: {
  key: Schema<Reads["key"] | null>;
  multi_head: Schema<boolean | undefined>;
} = {
  key: z.enum(["backbone_out", "neck_out", "head_out"]).nullish(),
  multi_head: z.boolean().optional(),
};

const weight = number({ min: 0 });
const ramp = section({ start: integer(0), steps: integer(1) }).optional();
const adapter = section({ type: z.enum(["conv1x1", "linear", "resize"]) }).optional();

// One pair may stand alone, without the outer list.
const isFlatPair = (value: unknown): boolean => Array.isArray(value) && value.some((item) => typeof item === "string");
const pairs: Schema<[string, string][]> = z.preprocess(
  (value) => (isFlatPair(value) ? [value] : value),
  z.array(z.tuple([z.string(), z.string()])).min(1),
);

const dml = section({
  weight,
  ramp,
  adapter,
  act: z.preprocess((act) => (act === "None" || act === "none" ? null : act), z.enum(["softmax", "sigmoid"]).nullish()),
  use_log: z.boolean().default(false),
  model_name_pairs: pairs,
  ...readsKeys,
  dis_head: z.enum(["ctc", "sar"]).optional(),
  name: z.string().default("dml"),
}).transform(
  (raw): Unresolved<DmlTermConfig> => ({
    kind: "DistillationDMLLoss",
    weight: raw.weight,
    ramp: raw.ramp,
    adapter: raw.adapter,
    act: raw.act ?? undefined,
    useLog: raw.use_log,
    pairs: raw.model_name_pairs,
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
  CTCLoss: ctc(weight),
  SARLoss: sar(weight),
};

const noWeight = z
  .undefined({ error: "stands beside the list, as weight_1 and weight_2" })
  .optional()
  .transform(() => 1);

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

const alone = <N extends "CTCLoss" | "SARLoss">(
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
};

export const loss: Schema<UnresolvedLoss> = byName("loss", losses);
