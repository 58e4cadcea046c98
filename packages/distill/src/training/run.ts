import { withRandom } from "@retort/autograd";
import type { Optimizer } from "@retort/autograd/optim";
import { DataLoader } from "@retort/ocr-models/data";
import { Random, readSafetensors, type Tensor, tensor } from "@retort/tensor";
import { dataSections } from "../config/data-sections.js";
import type { LoadedConfig } from "../config/load.js";
import { combined } from "../losses/combined.js";
import { termsFromConfig } from "../losses/from-config.js";
import { type Adapters, adaptersFromConfig } from "../model/adapters.js";
import type { DistillationModel } from "../model/distillation-model.js";
import { modelFromConfig } from "../model/from-config.js";
import { readCheckpoint } from "./checkpoint.js";
import { optimizerFromConfig } from "./optimizer-from-config.js";
import { trainableParameters } from "./parameters.js";
import { type Reader, readerFromConfig } from "./reader.js";
import type { StepSetup } from "./step.js";

/** Everything that a config describes, made. */
export interface Run extends StepSetup {
  readonly loaded: LoadedConfig;
  readonly model: DistillationModel;
  readonly adapters: Adapters;
  readonly optimizer: Optimizer;
  readonly train: DataLoader;
  readonly evaluation: DataLoader;
  readonly reader: Reader;
  readonly stepsPerEpoch: number;
}

/** The networks of a config with their first weights: seeded, then `pretrained` files, then `Global.pretrained_model`. */
export async function makeModel(loaded: LoadedConfig): Promise<DistillationModel> {
  const { config, classes } = loaded;
  const random = new Random(config.global.seed).split("weights");
  const emitGuide = config.postProcess.decoder === "sar";
  const model = withRandom(random, () => modelFromConfig(config.architecture, classes, { emitGuide }));
  if (config.architecture.kind === "distillation") {
    for (const { name, pretrained } of config.architecture.models) {
      if (pretrained !== undefined) model.networks.get(name)?.network.loadStateDict(await readWeights(pretrained));
    }
  }
  const { pretrainedModel } = config.global;
  if (pretrainedModel !== undefined) model.loadStateDict(await readWeights(pretrainedModel));
  return model;
}

/**
 * Weights by key, from a safetensors file or a checkpoint (`.json`, or its name alone).
 * @throws Error naming the file that cannot be read
 */
export async function readWeights(path: string): Promise<ReadonlyMap<string, Tensor>> {
  if (!path.endsWith(".safetensors")) return (await readCheckpoint(path)).weights;
  const { readFile } = await import("node:fs/promises");
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`the pretrained weights ${path} cannot be read: ${error.code}`);
  });
  return new Map([...readSafetensors(bytes).tensors].map(([key, t]) => [key, tensor(t.data as Float32Array, t.shape)]));
}

/** Makes the data set of a config's Train or Eval section. */
export function makeLoader(loaded: LoadedConfig, mode: "train" | "eval"): DataLoader {
  const { config, dictionary } = loaded;
  const { dataset, loader } = dataSections(mode === "train" ? config.train : config.evaluation);
  const { seed, maxTextLength } = config.global;
  return new DataLoader(dataset, loader, { mode, seed, dictionary, maxTextLength });
}

/**
 * Makes the networks, losses with their adapters, optimizer and data of a config.
 * @throws Error naming the file or key that is wrong
 */
export async function createRun(loaded: LoadedConfig): Promise<Run> {
  const { config, classes, dictionary } = loaded;
  const train = makeLoader(loaded, "train");
  const evaluation = makeLoader(loaded, "eval");
  const stepsPerEpoch = train.batchesPerEpoch;
  if (stepsPerEpoch === 0) throw new Error("Train: the label files hold less than one batch");
  const model = await makeModel(loaded);
  const adapters = withRandom(new Random(config.global.seed).split("adapters"), () =>
    adaptersFromConfig(config.loss, model, classes),
  );
  const parameters = trainableParameters({ model, adapters });
  return {
    loaded,
    model,
    adapters,
    optimizer: optimizerFromConfig(config.optimizer, parameters, config.global.epochNum, stepsPerEpoch),
    loss: combined(termsFromConfig(config.loss, classes.sarIgnoreIndex, adapters)),
    sarIgnoreIndex: classes.sarIgnoreIndex,
    random: new Random(config.global.seed).split("training"),
    microBatchSize: config.train.loader.microBatchSize,
    train,
    evaluation,
    reader: await readerFromConfig(config, dictionary),
    stepsPerEpoch,
  };
}
