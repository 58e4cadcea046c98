import type { Dictionary, FeatureName, Lexicon, Metric } from "@retort/ocr-models";
import type { Batch } from "@retort/ocr-models/data";
import type { Tensor } from "@retort/tensor";
import type { RecognitionConfig } from "../config/recognition.js";
import { boxReader } from "./box-reader.js";
import { textReader } from "./text-reader.js";

/**
 * What is read out of networks, and how it is measured. `Found` and `Wanted` belong to one sample: a reading and its
 * text, or the boxes of a picture and its labelled regions.
 */
export interface Reader<Found = unknown, Wanted = unknown> {
  /** The networks that are read, and the feature of each. */
  readonly models: readonly string[];
  readonly feature: FeatureName;
  /** What a network's feature of a batch says. */
  read(feature: Tensor, batch: Batch): Found[];
  /** What a batch's labels say. @throws Error naming the field that KeepKeys did not keep */
  wanted(batch: Batch): Wanted[];
  makeMetric(): Metric<Found, Wanted>;
}

/**
 * The reader of a config's PostProcess and Metric sections; `lexicon` is what the word list that it may name holds.
 * @throws Error when the word list was not loaded
 */
export async function readerFromConfig(
  { postProcess, metric }: RecognitionConfig,
  dictionary: Dictionary,
  lexicon?: Lexicon,
): Promise<Reader> {
  return postProcess.decoder === "db" ? boxReader(postProcess) : textReader(postProcess, metric, dictionary, lexicon);
}
