import { withRandom } from "@retort/autograd";
import type { Optimizer } from "@retort/autograd/optim";
import { featureOf } from "@retort/ocr-models";
import { type BlindDevice, blindDevice, Random, type Shape, scope, withDevice } from "@retort/tensor";
import { type BatchShape, randomBatch, randomParts } from "../bench/random-batch.js";
import { learnsMaps } from "../config/checks/networks.js";
import { type BatchSize, batchSizes } from "../config/checks/picture-sizes.js";
import type { ClassCounts } from "../config/classes.js";
import type { RecognitionConfig } from "../config/recognition.js";
import type { LossTermConfig } from "../config/schema/loss.js";
import { combined } from "../losses/combined.js";
import { onlyNetwork, termsFromConfig } from "../losses/from-config.js";
import { type Adapters, adaptersFromConfig } from "../model/adapters.js";
import type { DistillationModel } from "../model/distillation-model.js";
import { modelFromConfig } from "../model/from-config.js";
import { optimizerFromConfig } from "../training/optimizer-from-config.js";
import { trainableParameters } from "../training/parameters.js";
import { takeBlindStep } from "../training/step.js";

/** The networks of a config on a device that has shapes but no data. */
export class BlindRun {
  readonly device: BlindDevice = blindDevice();
  readonly model: DistillationModel;
  readonly adapters: Adapters;
  /** Samples that go through the networks at a time. */
  readonly microBatch: number;
  private readonly batchSize: number;
  private readonly config: RecognitionConfig;
  private readonly shape: BatchShape;
  private readonly optimizer: Optimizer;

  /**
   * Images are as Train makes them; of several sizes the batch with the most pixels counts.
   * @throws Error when Train resizes nothing
   */
  constructor(config: RecognitionConfig, classes: ClassCounts) {
    this.config = config;
    const { height, width, batchSize } = largestBatch(config);
    this.batchSize = batchSize;
    this.microBatch = Math.min(batchSize, config.train.loader.microBatchSize ?? batchSize);
    const maps = learnsMaps(config.architecture);
    this.shape = { batch: this.microBatch, height, width, maxTextLength: config.global.maxTextLength, classes, maps };
    this.model = this.on(() => modelFromConfig(config.architecture, classes));
    this.adapters = this.on(() => adaptersFromConfig(config.loss, this.model, classes));
    this.optimizer = optimizerFromConfig(config.optimizer, trainableParameters(this), 1, 1);
  }

  /** The networks whose feature a loss reads, each once, and the feature's shape in training. */
  reads(term: LossTermConfig): { network: string; shape: Shape }[] {
    return this.on(() =>
      scope(() => {
        const { images, heads } = randomBatch(this.shape, new Random(0));
        const outputs = this.model.train().forward(images, heads);
        return networksOf(term).map((network) => {
          const output = outputs.get(network);
          if (output === undefined) throw new Error(`there is no network "${network}"`);
          return { network, shape: [...featureOf(output, term.feature).shape] };
        });
      }),
    );
  }

  /**
   * Takes one whole training step: forward, losses, backward, update, in parts where the config says so.
   * Returns the most bytes that were allocated at one time, parameters and the optimizer's memory included.
   */
  step(): number {
    const { model, adapters, optimizer, config, shape } = this;
    const loss = combined(termsFromConfig(config.loss, shape.classes.sarIgnoreIndex, adapters));
    const random = new Random(0);
    const parts = Math.ceil(this.batchSize / this.microBatch);
    // All parts are alike; with two the gradients of the first are there during the second.
    this.on(() => takeBlindStep({ model, optimizer, loss, random }, randomParts(shape, random, Math.min(2, parts))));
    return this.device.peakBytes;
  }

  private on<T>(fn: () => T): T {
    return withDevice(this.device, () => withRandom(new Random(0), fn));
  }
}

/** The batch whose parts have the most pixels. */
function largestBatch({ train }: RecognitionConfig): BatchSize {
  const most = train.loader.microBatchSize ?? Number.POSITIVE_INFINITY;
  const pixels = ({ height, width, batchSize }: BatchSize): number => height * width * Math.min(batchSize, most);
  const [largest] = batchSizes(train).sort((a, b) => pixels(b) - pixels(a));
  if (largest === undefined) throw new Error("Train.dataset.transforms brings pictures to no size");
  return largest;
}

function networksOf(term: LossTermConfig): string[] {
  if ("pairs" in term) return [...new Set(term.pairs.flat())];
  return "models" in term ? [...term.models] : [onlyNetwork];
}
