import { withRandom } from "@retort/autograd";
import type { Optimizer } from "@retort/autograd/optim";
import { DataLoader } from "@retort/ocr-models/data";
import { currentDevice, type Device, Random, withDevice } from "@retort/tensor";
import { dataSections } from "../config/data-sections.js";
import type { LoadedConfig } from "../config/load.js";
import { combined } from "../losses/combined.js";
import { termsFromConfig } from "../losses/from-config.js";
import { type Adapters, adaptersFromConfig } from "../model/adapters.js";
import type { DistillationModel } from "../model/distillation-model.js";
import { modelFromConfig } from "../model/from-config.js";
import { shareStatistics } from "../parallel/batch-statistics.js";
import { alone, type Communicator, type Ranks } from "../parallel/communicator.js";
import { SharedStep } from "../parallel/shared-step.js";
import { loadWeightFile } from "../weights/load-weight-file.js";
import { dataSetup } from "./data-setup.js";
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
  /** The processes that train together. */
  readonly ranks: Communicator;
}

/** The networks of a config on a device, their weights drawn from its seed. */
export function seededModel({ config, classes }: LoadedConfig, device: Device = currentDevice()): DistillationModel {
  const random = new Random(config.global.seed).split("weights");
  const emitGuide = config.postProcess.decoder === "sar" || config.postProcess.decoder === "nrtr";
  return withDevice(device, () =>
    withRandom(random, () => modelFromConfig(config.architecture, classes, { emitGuide })),
  );
}

/**
 * The networks of a config with their first weights: seeded, then `pretrained` files, then `Global.pretrained_model`. These
 * are checkpoints, `.pdparams` or safetensors files, named with or without their ending.
 * @throws Error naming the key and the file that is missing or does not fit, with a table of the differences
 */
export async function makeModel(loaded: LoadedConfig, device?: Device): Promise<DistillationModel> {
  const { architecture, global } = loaded.config;
  const model = seededModel(loaded, device);
  if (architecture.kind === "distillation") {
    for (const { name, pretrained } of architecture.models) {
      const network = model.networks.get(name)?.network;
      if (pretrained === undefined || network === undefined) continue;
      await loadWeightFile(network, pretrained, `Architecture.Models.${name}.pretrained`);
    }
  }
  const { pretrainedModel } = global;
  if (pretrainedModel !== undefined) await loadWeightFile(model, pretrainedModel, "Global.pretrained_model");
  return model;
}

/** Makes the data set of a config's Train or Eval section: what one of `ranks` loads of it. */
export function makeLoader(loaded: LoadedConfig, mode: "train" | "eval", { rank, size }: Ranks = alone): DataLoader {
  const { train, evaluation } = loaded.config;
  const { dataset, loader, sampler } = dataSections(mode === "train" ? train : evaluation);
  return new DataLoader(dataset, loader, dataSetup(loaded, mode), sampler, { rank, size });
}

/**
 * Makes the networks, losses with their adapters, optimizer and data of a config. Of several `ranks` each has its share of
 * the data, and a batch has `batch_size_per_card` samples of each. Weights lie on `device`, where training happens.
 * @throws Error naming the file or key that is wrong
 */
export async function createRun(
  loaded: LoadedConfig,
  ranks: Communicator = alone,
  device: Device = currentDevice(),
): Promise<Run> {
  const { config, classes, dictionary } = loaded;
  const train = makeLoader(loaded, "train", ranks);
  const evaluation = makeLoader(loaded, "eval", ranks);
  const stepsPerEpoch = train.batchesPerEpoch;
  if (stepsPerEpoch === 0) throw new Error("Train: the label files hold less than one batch");
  const model = await makeModel(loaded, device);
  const adapters = withDevice(device, () =>
    withRandom(new Random(config.global.seed).split("adapters"), () => adaptersFromConfig(config.loss, model, classes)),
  );
  const parameters = trainableParameters({ model, adapters });
  const together = ranks.size > 1;
  const overParts = together ? (numbers: Float64Array) => ranks.allReduce(numbers) : undefined;
  if (overParts && config.global.useSyncBn) shareStatistics(model, overParts);
  return {
    loaded,
    model,
    adapters,
    optimizer: optimizerFromConfig(config.optimizer, parameters, config.global.epochNum, stepsPerEpoch),
    loss: combined(termsFromConfig(config.loss, classes.sarIgnoreIndex, adapters, overParts)),
    sarIgnoreIndex: classes.sarIgnoreIndex,
    random: new Random(config.global.seed).split("training"),
    microBatchSize: config.train.loader.microBatchSize,
    train,
    evaluation,
    reader: await readerFromConfig(config, dictionary, loaded.lexicon),
    stepsPerEpoch,
    ranks,
    shared: together ? new SharedStep(ranks, parameters.values()) : undefined,
  };
}
