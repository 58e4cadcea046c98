import type { TransformConfig } from "@retort/ocr-models/data";
import { batchSizes } from "../config/checks/picture-sizes.js";
import { dropIgnored } from "../config/ignored.js";
import { type LoadedConfig, readWordList } from "../config/load.js";
import { Collected } from "../config/problems.js";
import type { PostProcessConfig } from "../config/schema/post-process.js";
import { onlyNetwork } from "../losses/from-config.js";
import { inferenceTransforms } from "../training/images.js";

/** A section of a config, as data, with the keys that it has there. */
export type Section = Readonly<Record<string, unknown>>;

/** What has to be known of a network beside its operations to use it. */
export interface OnnxDescription {
  /** The name of the network among those that learned together; empty for one alone. */
  readonly model: string;
  /** The `Architecture` section of this network alone. */
  readonly architecture: Section;
  /** What makes an input of an image file, as in a config. */
  readonly transforms: readonly TransformConfig[];
  /** The `PostProcess` section for this network alone. */
  readonly postProcess: Section;
  /** The characters in the order of their classes, from class 1 on; nothing in detection. */
  readonly characters: readonly string[];
  /** The words of a lexicon that the post-processing names. */
  readonly words: readonly string[];
}

/** Describes a sub-network of a config. @throws Error naming the word list that cannot be read */
export async function describeNetwork(loaded: LoadedConfig, model: string): Promise<OnnxDescription> {
  const { config, dictionary } = loaded;
  const { postProcess } = config;
  return {
    model,
    architecture: architectureOf(loaded, model),
    transforms: inferenceTransforms(loaded),
    postProcess: postProcessOf(postProcess),
    characters: postProcess.decoder === "db" ? [] : dictionary.characters,
    words: await wordsOf(loaded),
  };
}

/** Keys that say how a network takes part in a training. */
const ofTraining = new Set(["pretrained", "freeze_params", "freeze_mode"]);

function architectureOf({ raw }: LoadedConfig, model: string): Section {
  const { Architecture } = structuredClone(raw) as { Architecture: Record<string, unknown> };
  dropIgnored({ Architecture }, new Collected(() => ""));
  const own = model === onlyNetwork ? Architecture : (Architecture.Models as Record<string, object>)[model];
  return Object.fromEntries(Object.entries(own).filter(([key]) => !ofTraining.has(key)));
}

/** The section that says the same of one network; a network is exported with its CTC head, whatever else was read. */
function postProcessOf(postProcess: PostProcessConfig): Section {
  if (postProcess.decoder === "db") {
    const { thresh, boxThresh, maxCandidates, unclipRatio, useDilation, scoreMode, boxType } = postProcess.options;
    return {
      name: "DBPostProcess",
      thresh,
      box_thresh: boxThresh,
      max_candidates: maxCandidates,
      unclip_ratio: unclipRatio,
      use_dilation: useDilation,
      score_mode: scoreMode,
      box_type: boxType,
    };
  }
  const { beam, wordBoxes } = postProcess;
  return {
    name: "CTCLabelDecode",
    ...(beam && { beam_width: beam.width, lexicon: beam.lexicon }),
    ...(wordBoxes && { return_word_box: true }),
  };
}

async function wordsOf({ config, dictionary }: LoadedConfig): Promise<string[]> {
  const words = (await readWordList(config))?.lines ?? [];
  return dictionary.lowerCase ? words.map((word) => word.toLowerCase()) : words;
}

/**
 * The height of a recognition network's images.
 * @throws Error when the Eval transforms do not bring images to a height
 */
export function imageHeight({ config: { evaluation } }: LoadedConfig): number {
  const [size] = batchSizes(evaluation);
  if (size === undefined) throw new Error("Eval.dataset.transforms do not bring the pictures to a size");
  return size.height;
}
