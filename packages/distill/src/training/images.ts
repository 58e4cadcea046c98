import { type Batch, makePipeline, Rejection } from "@retort/ocr-models/data";
import { Random } from "@retort/tensor";
import { dataSections } from "../config/data-sections.js";
import type { LoadedConfig } from "../config/load.js";

/**
 * Image files one by one as batches of one, through the Eval transforms without those that need a label or change
 * samples at random. As in the reference, a long line is not squeezed where the config names a dictionary
 * (`infer_mode`).
 * @throws Error naming the image that cannot be read
 */
export async function* readImages(
  loaded: LoadedConfig,
  images: readonly string[],
): AsyncGenerator<{ image: string; batch: Batch }> {
  const { readFile } = await import("node:fs/promises");
  const { config, dictionary } = loaded;
  const { transforms } = dataSections(config.evaluation).dataset;
  const inferMode = config.global.characterDictPath !== undefined;
  const kept = transforms
    .filter((entry) => !/Label|Aug$/.test(Object.keys(entry)[0]))
    .map((entry) => {
      if ("RecResizeImg" in entry) return { RecResizeImg: { ...entry.RecResizeImg, infer_mode: inferMode } };
      return "KeepKeys" in entry ? { KeepKeys: { keep_keys: ["image", "valid_ratio"] } } : entry;
    });
  const pipeline = makePipeline(kept, { dictionary, maxTextLength: config.global.maxTextLength });
  for (const image of images) {
    const read = async (): Promise<Uint8Array> => readFile(image);
    const sample = await pipeline.run({ path: image, label: "", read, fields: {} }, { random: new Random(0) });
    if (sample instanceof Rejection) throw new Error(`${image} cannot be read: ${sample.reason} (${sample.detail})`);
    const fields = Object.fromEntries(
      Object.entries(sample.fields).map(([key, { data, shape }]) => [key, { data, shape: [1, ...shape] }]),
    );
    yield { image, batch: { fields, size: 1, paths: [image], texts: [""], unusable: [], epoch: 0, index: 0 } };
  }
}
