import { type LoadedConfig, loadConfig } from "../config/load.js";
import type { Overrides } from "../config/overrides.js";
import type { DistillationModel } from "../model/distillation-model.js";
import { loadWeightFile } from "../weights/load-weight-file.js";
import { evaluate, type PlacedReading, type Reader, readBatch, readerFromConfig } from "./evaluate.js";
import { readImages } from "./images.js";
import { makeLoader, makeModel } from "./run.js";

/** A trained model as its config reads it. */
interface Trained {
  readonly loaded: LoadedConfig;
  readonly model: DistillationModel;
  readonly reader: Reader;
  readonly checkpoint: string;
}

/** Loads `Global.checkpoints` or, without one, `Global.pretrained_model` or the best model of `Global.save_model_dir`. */
async function loadTrained(path: string, overrides: Overrides): Promise<Trained> {
  const loaded = await loadConfig(path, overrides);
  const { checkpoints, pretrainedModel, saveModelDir } = loaded.config.global;
  const model = await makeModel(loaded);
  const reader = readerFromConfig(loaded.config, loaded.dictionary, loaded.lexicon);
  if (checkpoints === undefined && pretrainedModel !== undefined)
    return { loaded, model, reader, checkpoint: pretrainedModel };
  const key = checkpoints === undefined ? "Global.save_model_dir" : "Global.checkpoints";
  const checkpoint = await loadWeightFile(model, checkpoints ?? `${saveModelDir}/best_accuracy`, key);
  return { loaded, model, reader, checkpoint };
}

/** What a trained model's evaluation found. */
export interface EvalReport {
  /** By the names of the reference: `acc`, `norm_edit_dis`, `Teacher_acc`, ... */
  readonly metrics: Readonly<Record<string, number>>;
  readonly images: number;
  /** The file that the weights are from. */
  readonly checkpoint: string;
}

/** Measures a trained model on the config's Eval section. @throws Error naming the checkpoint that is missing */
export async function evaluateFromConfig(path: string, overrides: Overrides = []): Promise<EvalReport> {
  const { loaded, model, reader, checkpoint } = await loadTrained(path, overrides);
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

/** Reads image files one by one with a trained model. @throws Error naming the image that cannot be read */
export async function* inferFromConfig(
  path: string,
  overrides: Overrides,
  images: readonly string[],
): AsyncGenerator<ImageReading> {
  const { loaded, model, reader } = await loadTrained(path, overrides);
  for await (const { image, batch } of readImages(loaded, images)) {
    const readings = readBatch(model, reader, batch);
    yield { image, readings: Object.fromEntries(Object.entries(readings).map(([name, [reading]]) => [name, reading])) };
  }
}
