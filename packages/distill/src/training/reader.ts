import type { Dictionary, FeatureName, Lexicon, Metric } from "@retort/ocr-models";
import type { Batch } from "@retort/ocr-models/data";
import type { Shape, Tensor } from "@retort/tensor";
import { partsOf } from "../config/checks/networks.js";
import type { RecognitionConfig } from "../config/recognition.js";
import type { ArchitectureConfig, NetworkConfig } from "../config/schema/architecture.js";
import type { PostProcessConfig } from "../config/schema/post-process.js";
import { boxReader } from "./box-reader.js";
import { textReader } from "./text-reader.js";

/** A network's feature of a batch, brought from its device. */
export interface FeatureValues {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** Brings a feature from its device. */
export async function valuesOf(feature: Tensor): Promise<FeatureValues> {
  return { shape: feature.shape, data: (await feature.data()) as Float32Array };
}

/**
 * What is read out of networks, and how it is measured. `Found` and `Wanted` belong to one sample: a reading and its
 * text, or the boxes of a picture and its labelled regions.
 */
export interface Reader<Found = unknown, Wanted = unknown> {
  /** The networks that are read, and the feature of each. */
  readonly models: readonly string[];
  /** Networks that PostProcess does not name, but that can be read in the same way. */
  readonly others: readonly string[];
  readonly feature: FeatureName;
  /** What a network's feature of a batch says. */
  read(feature: FeatureValues, batch: Batch): Found[];
  /** What a batch's labels say. @throws Error naming the field that KeepKeys did not keep */
  wanted(batch: Batch): Wanted[];
  makeMetric(): Metric<Found, Wanted>;
  /** What one network found, as a label to compare what another one found with. */
  asWanted(found: Found): Wanted;
}

/** A reader of the networks that PostProcess names, before the others are known. */
export type NamedReader<Found, Wanted> = Omit<Reader<Found, Wanted>, "others">;

/** Every network that a reader can read: those that PostProcess names come first. */
export function readable({ models, others }: Pick<Reader, "models" | "others">): string[] {
  return [...models, ...others];
}

/**
 * The reader of a config's PostProcess and Metric sections; `lexicon` is what the word list that it may name holds.
 * @throws Error when the word list was not loaded
 */
export async function readerFromConfig(
  { architecture, postProcess, metric }: RecognitionConfig,
  dictionary: Dictionary,
  lexicon?: Lexicon,
): Promise<Reader> {
  const reader =
    postProcess.decoder === "db" ? await boxReader(postProcess) : textReader(postProcess, metric, dictionary, lexicon);
  return { ...reader, others: othersOf(architecture, postProcess) };
}

/** The networks of a config that PostProcess does not name and whose output its decoder reads as well. */
function othersOf(architecture: ArchitectureConfig, { decoder, models = [] }: PostProcessConfig): string[] {
  if (architecture.kind === "single") return [];
  const part = decoder === "db" ? "maps" : decoder;
  const headOf = ({ head }: NetworkConfig): string => head.name;
  const named = architecture.models.find(({ name }) => models.includes(name));
  return architecture.models
    .filter(({ name }) => !models.includes(name))
    .filter((network) => partsOf(network).includes(part))
    .filter((network) => part === "ctc" || (named !== undefined && headOf(network) === headOf(named)))
    .map(({ name }) => name);
}
