import type { DetectedBox } from "@retort/ocr-models";
import type { Batch } from "@retort/ocr-models/data";
import { loadConfig } from "../config/load.js";
import type { Overrides } from "../config/overrides.js";
import { boxReader } from "./box-reader.js";
import { deviceFor } from "./device.js";
import { readBatch } from "./evaluate.js";
import { type ImagePipeline, imagePipeline, inferenceTransforms } from "./images.js";
import { type PlacedReading, textReader } from "./text-reader.js";
import { loadTrained } from "./trained.js";

/** Trained networks, ready to say what is in images. */
export interface Inference<Found> {
  readonly prepare: ImagePipeline;
  /** What each network finds in each image of a batch, by its name. */
  read(batch: Batch): Promise<Record<string, Found[]>>;
}

/**
 * The trained model of a config that reads text.
 * @throws Error naming the config that finds boxes, or the checkpoint that is missing
 */
export async function textInference(path: string, overrides: Overrides): Promise<Inference<PlacedReading>> {
  const loaded = await loadConfig(path, overrides);
  const { global, postProcess, metric } = loaded.config;
  if (postProcess.decoder === "db") throw new Error(`${path}: expected a config that reads text, but it finds boxes`);
  const { model } = await loadTrained(loaded, (await deviceFor(global)).device);
  const reader = textReader(postProcess, metric, loaded.dictionary, loaded.lexicon);
  const prepare = imagePipeline(inferenceTransforms(loaded));
  return { prepare, read: (batch) => readBatch(model, reader, batch) };
}

/**
 * The trained model of a config that finds boxes.
 * @throws Error naming the config that reads text, or the checkpoint that is missing
 */
export async function boxInference(path: string, overrides: Overrides): Promise<Inference<DetectedBox[]>> {
  const loaded = await loadConfig(path, overrides);
  const { global, postProcess } = loaded.config;
  if (postProcess.decoder !== "db") throw new Error(`${path}: expected a config that finds boxes, but it reads text`);
  const { model } = await loadTrained(loaded, (await deviceFor(global)).device);
  const reader = await boxReader(postProcess);
  const prepare = imagePipeline(inferenceTransforms(loaded));
  return { prepare, read: (batch) => readBatch(model, reader, batch) };
}
