import { z } from "zod";
import { byName, integer, optionalText, type Schema, section, texts } from "./build.js";
import type { FeatureName, Reads } from "./loss.js";
import { readsKeys } from "./term-keys.js";

/** Keeps the `width` most probable beginnings of a text at each step. */
export interface BeamConfig {
  width: number;
  /** A file of words, one a line: only texts made of them come out. */
  lexicon?: string;
}

/** How outputs become text. */
export interface PostProcessConfig {
  decoder: "ctc" | "sar" | "nrtr";
  /** The networks that are read; undefined for a single network. */
  models?: readonly string[];
  feature: FeatureName;
  /** Prefix beam search of a CTC output; without it the best class of each step is read. */
  beam?: BeamConfig;
  /** Whether readings of a CTC output tell where their words stand. */
  wordBoxes?: boolean;
}

/** A decoder before it is known which networks there are. */
export type UnresolvedPostProcess = Omit<PostProcessConfig, "feature"> & { reads: Reads };

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
}: RawCtc): Pick<PostProcessConfig, "beam" | "wordBoxes"> => ({
  beam: width == null ? undefined : { width, lexicon },
  wordBoxes: return_word_box ? true : undefined,
});

type Decoder = PostProcessConfig["decoder"];

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

/** Every decoder that a config can name. */
const postProcesses: Readonly<Record<string, Schema<UnresolvedPostProcess>>> = {
  CTCLabelDecode: section({ name: z.literal("CTCLabelDecode"), ...ctcKeys })
    .refine(lexiconHasBeam, noBeam)
    .transform((raw): UnresolvedPostProcess => ({ decoder: "ctc", reads: {}, ...toCtc(raw) })),
  SARLabelDecode: single("SARLabelDecode", "sar"),
  NRTRLabelDecode: single("NRTRLabelDecode", "nrtr"),
  DistillationCTCLabelDecode: section({ name: z.literal("DistillationCTCLabelDecode"), ...distilledKeys, ...ctcKeys })
    .refine(lexiconHasBeam, noBeam)
    .transform((raw) => ({ ...toDistilled(raw, "ctc"), ...toCtc(raw) })),
  DistillationSARLabelDecode: distilled("DistillationSARLabelDecode", "sar"),
  DistillationNRTRLabelDecode: distilled("DistillationNRTRLabelDecode", "nrtr"),
};

export const postProcess: Schema<UnresolvedPostProcess> = byName("post-process", postProcesses);
