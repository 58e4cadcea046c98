import { z } from "zod";
import { byName, type Schema, section, texts } from "./build.js";
import { type FeatureName, type Reads, readsKeys } from "./loss.js";

/** How outputs become text. */
export interface PostProcessConfig {
  decoder: "ctc" | "sar";
  /** The networks that are read; undefined for a single network. */
  models?: readonly string[];
  feature: FeatureName;
}

/** A decoder before it is known which networks there are. */
export type UnresolvedPostProcess = Omit<PostProcessConfig, "feature"> & { reads: Reads };

const single = (name: string, decoder: "ctc" | "sar"): Schema<UnresolvedPostProcess> =>
  section({ name: z.literal(name) }).transform(() => ({ decoder, reads: {} }));

const distilled = (name: string, decoder: "ctc" | "sar"): Schema<UnresolvedPostProcess> =>
  section({ name: z.literal(name), model_name: texts, ...readsKeys }).transform((raw) => ({
    decoder,
    models: raw.model_name,
    reads: { key: raw.key ?? undefined, multiHead: raw.multi_head },
  }));

/** Every decoder that a config can name. */
const postProcesses: Readonly<Record<string, Schema<UnresolvedPostProcess>>> = {
  CTCLabelDecode: single("CTCLabelDecode", "ctc"),
  SARLabelDecode: single("SARLabelDecode", "sar"),
  DistillationCTCLabelDecode: distilled("DistillationCTCLabelDecode", "ctc"),
  DistillationSARLabelDecode: distilled("DistillationSARLabelDecode", "sar"),
};

export const postProcess: Schema<UnresolvedPostProcess> = byName("post-process", postProcesses);
