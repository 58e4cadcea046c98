import { type LoadedConfig, loadConfig } from "../config/load.js";
import type { Overrides } from "../config/overrides.js";
import type { DistillationModel } from "../model/distillation-model.js";
import { loadWeightFile } from "../weights/load-weight-file.js";
import { evaluate, readBatch } from "./evaluate.js";
import { readImages } from "./images.js";
import { readerFromConfig } from "./reader.js";
import { makeLoader, makeModel } from "./run.js";
import { type PlacedReading, textReader } from "./text-reader.js";

/** A trained model as its config makes it. */
interface Trained {
  readonly model: DistillationModel;
  readonly checkpoint: string;
}

/** Loads `Global.checkpoints` or, without one, `Global.pretrained_model` or the best model of `Global.save_model_dir`. */
async function loadTrained(loaded: LoadedConfig): Promise<Trained> {
  const { checkpoints, pretrainedModel, saveModelDir } = loaded.config.global;
  const model = await makeModel(loaded);
  if (checkpoints === undefined && pretrainedModel !== undefined) return { model, checkpoint: pretrainedModel };
  const key = checkpoints === undefined ? "Global.save_model_dir" : "Global.checkpoints";
  const checkpoint = await loadWeightFile(model, checkpoints ?? `${saveModelDir}/best_accuracy`, key);
  return { model, checkpoint };
}

/** What a trained model's evaluation found. */
export interface EvalReport {
  /** By the names of the reference: `acc`, `norm_edit_dis`, `Teacher_acc`, `hmean`, ... */
  readonly metrics: Readonly<Record<string, number>>;
  readonly images: number;
  /** The file that the weights are from. */
  readonly checkpoint: string;
}

/** Measures a trained model on the config's Eval section. @throws Error naming the checkpoint that is missing */
export async function evaluateFromConfig(path: string, overrides: Overrides = []): Promise<EvalReport> {
  const loaded = await loadConfig(path, overrides);
  const { model, checkpoint } = await loadTrained(loaded);
  const reader = await readerFromConfig(loaded.config, loaded.dictionary, loaded.lexicon);
  const data = makeLoader(loaded, "eval");
  try {
    return { ...(await evaluate(model, reader, loaded.config.metric, data)), checkpoint };
  } finally {
    await data.close();
  }
}

/** What every network read in one image. */
export interface ImageReading {
  readonly image: string;
  readonly readings: Readonly<Record<string, Readonly<PlacedReading>>>;
}

/**
 * Reads image files one by one with a trained model.
 * @throws Error naming the image that cannot be read, or the config when it finds boxes
 */
export async function* inferFromConfig(
  path: string,
  overrides: Overrides,
  images: readonly string[],
): AsyncGenerator<ImageReading> {
  const loaded = await loadConfig(path, overrides);
  const { postProcess, metric } = loaded.config;
  if (postProcess.decoder === "db")
    throw new Error(`${path}: images are read for text so far, but this config finds boxes`);
  const { model } = await loadTrained(loaded);
  const reader = textReader(postProcess, metric, loaded.dictionary, loaded.lexicon);
  for await (const { image, batch } of readImages(loaded, images)) {
    const readings = readBatch(model, reader, batch);
    yield { image, readings: Object.fromEntries(Object.entries(readings).map(([name, [reading]]) => [name, reading])) };
  }
}
