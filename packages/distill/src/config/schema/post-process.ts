import type { DbPostProcessOptions, FeatureName } from "@retort/ocr-models";
import { z } from "zod";
import { byName, integer, number, optionalText, type Schema, section, texts } from "./build.js";
import type { Reads, Unresolved } from "./loss.js";
import { readsKeys } from "./term-keys.js";

/** Keeps the `width` most probable beginnings of a text at each step. */
export interface BeamConfig {
  width: number;
  /** A file of words, one a line: only texts made of them come out. */
  lexicon?: string;
}

/** How outputs become text. */
export interface TextPostProcessConfig {
  decoder: "ctc" | "sar" | "nrtr";
  /** The networks that are read; undefined for a single network. */
  models?: readonly string[];
  feature: FeatureName;
  /** Prefix beam search of a CTC output; without it the best class of each step is read. */
  beam?: BeamConfig;
  /** Whether readings of a CTC output tell where their words stand. */
  wordBoxes?: boolean;
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

const ctcKeys = {
  beam_width: integer().nullish(),
  lexicon: optionalText,
  return_word_box: z.boolean().default(false),
};

interface RawCtc {
  beam_width?: number | null;
  lexicon?: string;
  return_word_box: boolean;
}

const lexiconHasBeam = (raw: RawCtc): boolean => raw.lexicon === undefined || raw.beam_width != null;
const noBeam = { path: ["lexicon"], error: "is for prefix beam search: it needs beam_width" };

const toCtc = ({
  beam_width: width,
  lexicon,
  return_word_box,
}: RawCtc): Pick<TextPostProcessConfig, "beam" | "wordBoxes"> => ({
  beam: width == null ? undefined : { width, lexicon },
  wordBoxes: return_word_box ? true : undefined,
});

type Decoder = TextPostProcessConfig["decoder"];

const single = (name: string, decoder: Decoder): Schema<UnresolvedPostProcess> =>
  section({ name: z.literal(name) }).transform(() => ({ decoder, reads: {} }));

const distilledKeys = { model_name: texts, ...readsKeys };

interface RawDistilled {
  model_name: string[];
  key?: Reads["key"] | null;
  multi_head?: boolean;
}

const toDistilled = (raw: RawDistilled, decoder: Decoder): UnresolvedPostProcess => ({
  decoder,
  models: raw.model_name,
  reads: { key: raw.key ?? undefined, multiHead: raw.multi_head },
});

const distilled = (name: string, decoder: Decoder): Schema<UnresolvedPostProcess> =>
  section({ name: z.literal(name), ...distilledKeys }).transform((raw) => toDistilled(raw, decoder));

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
  CTCLabelDecode: section({ name: z.literal("CTCLabelDecode"), ...ctcKeys })
    .refine(lexiconHasBeam, noBeam)
    .transform((raw): UnresolvedPostProcess => ({ decoder: "ctc", reads: {}, ...toCtc(raw) })),
  SARLabelDecode: single("SARLabelDecode", "sar"),
  NRTRLabelDecode: single("NRTRLabelDecode", "nrtr"),
  DBPostProcess: db,
  DistillationCTCLabelDecode: section({ name: z.literal("DistillationCTCLabelDecode"), ...distilledKeys, ...ctcKeys })
    .refine(lexiconHasBeam, noBeam)
    .transform((raw) => ({ ...toDistilled(raw, "ctc"), ...toCtc(raw) })),
  DistillationSARLabelDecode: distilled("DistillationSARLabelDecode", "sar"),
  DistillationNRTRLabelDecode: distilled("DistillationNRTRLabelDecode", "nrtr"),
  DistillationDBPostProcess: distilledDb,
};

export const postProcess: Schema<UnresolvedPostProcess> = byName("post-process", postProcesses);
