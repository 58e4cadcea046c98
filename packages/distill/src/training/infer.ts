import { loadConfig } from "../config/load.js";
import type { Overrides } from "../config/overrides.js";
import { alone, type Communicator } from "../parallel/communicator.js";
import { runFacts } from "../parallel/run-facts.js";
import { checkSameFacts } from "../parallel/same-facts.js";
import { deviceFor } from "./device.js";
import { decidingNetwork, type Evaluation, evaluate } from "./evaluate.js";
import { type Inference, textInference } from "./inference.js";
import { lineReader, type Readings } from "./line-reader.js";
import { onnxTextInference } from "./onnx-inference.js";
import { readerFromConfig } from "./reader.js";
import { makeLoader } from "./run.js";
import type { PlacedReading } from "./text-reader.js";
import { loadTrained } from "./trained.js";

/** What a trained model's evaluation found. */
export interface EvalReport extends Evaluation {
  /** The network whose metrics have no prefix; the name of a single one is empty. */
  readonly network: string;
  /** The file that the weights are from. */
  readonly checkpoint: string;
  /** Where it was done, such as "cpu" or "gpu (webgpu)". */
  readonly device: string;
}

/** Measures a trained model on the config's Eval section, dealt out among `ranks`. @throws Error naming the checkpoint that is missing */
export async function evaluateFromConfig(
  path: string,
  overrides: Overrides = [],
  ranks: Communicator = alone,
): Promise<EvalReport> {
  const loaded = await loadConfig(path, overrides);
  const { global, metric } = loaded.config;
  const { device } = await deviceFor(global, ranks);
  const { model, checkpoint } = await loadTrained(loaded, device);
  const reader = await readerFromConfig(loaded.config, loaded.dictionary, loaded.lexicon);
  const data = makeLoader(loaded, "eval", ranks);
  try {
    if (ranks.size > 1) checkSameFacts(ranks, await runFacts(loaded, model.stateDict(), { Eval: data.dataSet }));
    return {
      ...(await evaluate(model, reader, metric, data, { ranks })),
      network: decidingNetwork(metric),
      checkpoint,
      device: device.name,
    };
  } finally {
    await data.close();
  }
}

/** What every network read in one image. */
export interface ImageReading {
  readonly image: string;
  readonly readings: Readings;
}

/**
 * Reads image files one by one with a trained model; each holds one line of text.
 * @throws Error naming the image that cannot be read, or the config when it finds boxes
 */
export async function* inferFromConfig(
  path: string,
  overrides: Overrides,
  images: readonly string[],
): AsyncGenerator<ImageReading> {
  yield* infer(await textInference(path, overrides), images);
}

/** As `inferFromConfig`, with an ONNX file that `exportNetworks` wrote. @throws Error without onnxruntime-node */
export async function* inferFromOnnx(file: string, images: readonly string[]): AsyncGenerator<ImageReading> {
  yield* infer(await onnxTextInference(file), images);
}

async function* infer(inference: Inference<PlacedReading>, images: readonly string[]): AsyncGenerator<ImageReading> {
  const read = lineReader(inference);
  for (const image of images) {
    const [readings] = await read([{ path: image }]);
    yield { image, readings };
  }
}
