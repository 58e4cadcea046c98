import { type Dictionary, dictionaryOf, type Lexicon, lexiconOf } from "@retort/ocr-models";
import type { TransformConfig } from "@retort/ocr-models/data";
import { type ClassCounts, classCounts } from "../config/classes.js";
import { Collected, ConfigError } from "../config/problems.js";
import { readSection } from "../config/recognition.js";
import type { NetworkConfig } from "../config/schema/architecture.js";
import type { PostProcessConfig } from "../config/schema/post-process.js";
import type { OnnxDescription } from "./description.js";

/**
 * A description as texts by name, for an ONNX file's metadata: `character`, `lexicon` (a line each), and as JSON
 * `architecture`, `transforms`, `post_process`; beside these, for programs that do not know the transforms, `image_shape`
 * [channels, height, width] (0 is any) and `normalization`: (pixel * scale - mean) / std, in the order of `channels`.
 */
export function metadataOf(description: OnnxDescription, version: string): Map<string, string> {
  const { model, architecture, transforms, postProcess, characters, words } = description;
  const json = { architecture, transforms, post_process: postProcess, ...inputOf(transforms) };
  return new Map([
    ["retort_version", version],
    ["model", model],
    ["model_type", String(architecture.model_type)],
    ...Object.entries(json).map(([key, value]) => [key, JSON.stringify(value)] as const),
    ...(characters.length > 0 ? [["character", characters.join("\n")] as const] : []),
    ...(words.length > 0 ? [["lexicon", words.join("\n")] as const] : []),
  ]);
}

/** What `RecResizeImg` does to pixels. */
const recognition = { scale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

/** The options of each transform by its name. */
function optionsOf(transforms: readonly TransformConfig[]): Record<string, Record<string, unknown> | undefined> {
  return Object.assign({}, ...transforms) as Record<string, Record<string, unknown>>;
}

function inputOf(transforms: readonly TransformConfig[]): Record<string, unknown> {
  const { NormalizeImage, DecodeImage } = optionsOf(transforms);
  const { scale, mean, std } = { ...recognition, ...NormalizeImage };
  const channels = DecodeImage?.img_mode ?? "RGB";
  return { image_shape: imageShapeOf(transforms), normalization: { scale, mean, std, channels } };
}

/** [channels, height, width] that images are brought to; 0 is any. */
export function imageShapeOf(transforms: readonly TransformConfig[]): readonly [number, number, number] {
  const { RecResizeImg, SVTRRecResizeImg } = optionsOf(transforms);
  return ((RecResizeImg ?? SVTRRecResizeImg)?.image_shape as [number, number, number]) ?? [3, 0, 0];
}

/** A description that was read from a file and checked. */
export interface CheckedDescription {
  readonly model: string;
  readonly network: NetworkConfig;
  readonly transforms: readonly TransformConfig[];
  readonly postProcess: PostProcessConfig;
  readonly dictionary: Dictionary;
  readonly classes: ClassCounts;
  readonly lexicon?: Lexicon;
}

/**
 * Reads the texts that `metadataOf` wrote; `file` is where they are from.
 * @throws Error naming the file and the text that is missing or no JSON
 * @throws ConfigError naming the key of a section that this version does not know
 */
export function readMetadata(metadata: ReadonlyMap<string, string>, file: string): CheckedDescription {
  const version = metadata.get("retort_version");
  if (version === undefined) {
    throw new Error(`${file} does not say what it is: expected the metadata that "retort export" writes`);
  }
  const text = (key: string): string => {
    const found = metadata.get(key);
    if (found === undefined) throw new Error(`${file}: its metadata lack "${key}"`);
    return found;
  };
  const json = (key: string): unknown => parsed(text(key), `${file}: its metadata "${key}"`);
  const findings = new Collected(() => `written by Retort ${version}`);
  const architecture = readSection("Architecture", json("architecture"), findings);
  const unresolved = readSection("PostProcess", json("post_process"), findings);
  if (architecture?.kind !== "single" || unresolved === undefined) throw new ConfigError(file, findings.problems);
  const { network } = architecture;
  const { reads, ...rest } = unresolved;
  const model = text("model");
  const feature = network.modelType === "det" ? "maps" : "head_out";
  const dictionary = dictionaryOf(network.modelType === "det" ? [] : text("character").split("\n"));
  const words = metadata.get("lexicon");
  return {
    model,
    network,
    transforms: json("transforms") as TransformConfig[],
    postProcess: { ...rest, models: [model], feature } as PostProcessConfig,
    dictionary,
    classes: classCounts(dictionary),
    lexicon: words === undefined ? undefined : lexiconOf(words.split("\n"), dictionary, `${file}: its lexicon`),
  };
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${what} is no JSON: ${(error as Error).message}`, { cause: error });
  }
}
