import type { DbPostProcessOptions } from "@retort/ocr-models";
import { z } from "zod";
import { byName, integer, number, type Schema, section, texts } from "./build.js";
import { type FeatureName, readsKeys, type Unresolved } from "./term.js";

/** How outputs become text. */
export interface TextPostProcessConfig {
  decoder: "ctc" | "sar";
  /** The networks that are read; undefined for a single network. */
  models?: readonly string[];
  feature: FeatureName;
}

/** How probability maps become boxes. */
export interface DbPostProcessConfig {
  decoder: "db";
  models?: readonly string[];
  feature: FeatureName;
  options: Required<DbPostProcessOptions>;
}

export type PostProcessConfig = TextPostProcessConfig | DbPostProcessConfig;

/** A decoder before it is known which networks there are. */
export type UnresolvedPostProcess = Unresolved<PostProcessConfig>;

const single = (name: string, decoder: "ctc" | "sar"): Schema<UnresolvedPostProcess> =>
  section({ name: z.literal(name) }).transform(() => ({ decoder, reads: {} }));

const distilled = (name: string, decoder: "ctc" | "sar"): Schema<UnresolvedPostProcess> =>
  section({ name: z.literal(name), model_name: texts, ...readsKeys }).transform((raw) => ({
    decoder,
    models: raw.model_name,
    reads: { key: raw.key ?? undefined, multiHead: raw.multi_head },
  }));

const probability = number({ min: 0, max: 1 });

/** The keys of both forms; the distilled one has other defaults in the reference. */
const dbKeys = (boxThresh: number, unclipRatio: number) => ({
  thresh: probability.default(0.3),
  box_thresh: probability.default(boxThresh),
  max_candidates: integer().default(1000),
  unclip_ratio: number({ above: 0 }).default(unclipRatio),
  use_dilation: z.boolean().default(false),
  score_mode: z.enum(["fast", "slow"]).default("fast"),
  box_type: z.enum(["quad", "poly"]).default("quad"),
});

interface DbKeys {
  thresh: number;
  box_thresh: number;
  max_candidates: number;
  unclip_ratio: number;
  use_dilation: boolean;
  score_mode: "fast" | "slow";
  box_type: "quad" | "poly";
}

const toOptions = (raw: DbKeys): DbPostProcessConfig["options"] => ({
  thresh: raw.thresh,
  boxThresh: raw.box_thresh,
  maxCandidates: raw.max_candidates,
  unclipRatio: raw.unclip_ratio,
  useDilation: raw.use_dilation,
  scoreMode: raw.score_mode,
  boxType: raw.box_type,
});

const db = section({ name: z.literal("DBPostProcess"), ...dbKeys(0.7, 2) }).transform(
  (raw): UnresolvedPostProcess => ({ decoder: "db", options: toOptions(raw), reads: {} }),
);

const distilledDb = section({
  name: z.literal("DistillationDBPostProcess"),
  model_name: texts,
  key: readsKeys.key,
  ...dbKeys(0.6, 1.5),
}).transform(
  (raw): UnresolvedPostProcess => ({ decoder: "db", models: raw.model_name, options: toOptions(raw), reads: {} }),
);

/** Every decoder that a config can name. */
const postProcesses: Readonly<Record<string, Schema<UnresolvedPostProcess>>> = {
  CTCLabelDecode: single("CTCLabelDecode", "ctc"),
  SARLabelDecode: single("SARLabelDecode", "sar"),
  DBPostProcess: db,
  DistillationCTCLabelDecode: distilled("DistillationCTCLabelDecode", "ctc"),
  DistillationSARLabelDecode: distilled("DistillationSARLabelDecode", "sar"),
  DistillationDBPostProcess: distilledDb,
};

export const postProcess: Schema<UnresolvedPostProcess> = byName("post-process", postProcesses);
