import { dictionaryOf } from "@retort/ocr-models";
import {
  type BytePicture,
  decodePicture,
  makePipeline,
  Rejection,
  type Sample,
  type TransformConfig,
} from "@retort/ocr-models/data";
import { Random } from "@retort/tensor";
import { dataSections } from "../config/data-sections.js";
import type { LoadedConfig } from "../config/load.js";

/** Brings an image into the form that networks take; one without `picture` is read from its file. */
export type ImagePipeline = (path: string, picture?: BytePicture) => Promise<Sample>;

/** Transforms that need a label, or change samples at random. */
const ofTraining = /Label|^(RecAug|RecConAug|CopyPaste|IaaAugment|EastRandomCropData|MakeBorderMap|MakeShrinkMap)$/;

/**
 * The Eval transforms of a config without those that need a label or change samples at random. As in the reference, a
 * long line is not squeezed where the config names a dictionary (`infer_mode`).
 */
export function inferenceTransforms({ config }: Pick<LoadedConfig, "config">): TransformConfig[] {
  const { transforms } = dataSections(config.evaluation).dataset;
  const inferMode = config.global.characterDictPath !== undefined;
  const beside = config.postProcess.decoder === "db" ? "shape" : "valid_ratio";
  return transforms
    .filter((entry) => !ofTraining.test(Object.keys(entry)[0]))
    .map((entry) => {
      if ("RecResizeImg" in entry) return { RecResizeImg: { ...entry.RecResizeImg, infer_mode: inferMode } };
      return "KeepKeys" in entry ? { KeepKeys: { keep_keys: ["image", beside] } } : entry;
    });
}

const withoutLabels = { dictionary: dictionaryOf(""), maxTextLength: 0 };

/** Runs such transforms. The pipeline throws an Error naming the image that cannot be read. */
export function imagePipeline(transforms: readonly TransformConfig[]): ImagePipeline {
  const pipeline = makePipeline(transforms, withoutLabels);
  return async (path, picture) => {
    const read = (): Promise<Uint8Array> => readBytes(path);
    const sample = await pipeline.run({ path, label: "", read, picture, fields: {} }, { random: new Random(0) });
    if (sample instanceof Rejection) throw new Error(`${path} cannot be read: ${sample.reason} (${sample.detail})`);
    return sample;
  };
}

/** The pixels of an image file. @throws Error naming the image that cannot be read */
export async function readPicture(path: string): Promise<BytePicture> {
  try {
    return await decodePicture(await readBytes(path));
  } catch (error) {
    throw new Error(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  const { readFile } = await import("node:fs/promises");
  return readFile(path);
}
