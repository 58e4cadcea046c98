import { type Parameter, withRandom } from "@retort/autograd";
import { Adam } from "@retort/autograd/optim";
import { Random, setThreads, withDevice } from "@retort/tensor";
import { learnsMaps } from "../config/checks/networks.js";
import { classCountsOf } from "../config/classes.js";
import { combined } from "../losses/combined.js";
import { termsFromConfig } from "../losses/from-config.js";
import { adaptersFromConfig } from "../model/adapters.js";
import { modelFromConfig } from "../model/from-config.js";
import { trainableParameters } from "../training/parameters.js";
import { takeBlindStep } from "../training/step.js";
import { type BenchModel, loadBenchModel } from "./bench-model.js";
import { type BatchShape, randomParts } from "./random-batch.js";
import { type BenchOptions, type BenchReport, benchDevice, checkNumbers, timed } from "./timed.js";

const learningRate = 1e-3;

/**
 * Times whole training steps on random images and texts or, for a detector, maps, newly drawn for every step: forward of
 * every network, all losses at full weight, backward, Adam over all learning parameters. Runs in Node.
 * @throws Error when the config cannot be read or is wrong, or a number is out of range
 */
export async function benchTrainStep(options: BenchOptions): Promise<BenchReport> {
  checkNumbers(options);
  const model = await loadBenchModel(options.config, options.overrides);
  if (options.threads !== undefined) setThreads(options.threads);
  const device = await benchDevice(options);
  const { step, parameters } = withDevice(device.profiling, () => makeStep(model, options));
  const settled = (): Promise<unknown> => parameters[parameters.length - 1].value.data();
  return timed((index) => withDevice(device.profiling, () => step(index)), settled, options, device);
}

/** Makes the networks, and a function that takes a step and changes `parameters`. */
function makeStep(
  { architecture, loss, maxTextLength, ...size }: BenchModel,
  options: BenchOptions,
): { readonly step: (index: number) => void; readonly parameters: readonly Parameter[] } {
  const classes = classCountsOf(options.classes);
  const random = new Random(1);
  const model = withRandom(random.split("weights"), () => modelFromConfig(architecture, classes));
  const adapters = withRandom(random.split("adapters"), () => adaptersFromConfig(loss, model, classes));
  const parameters = [...trainableParameters({ model, adapters }).values()];
  const optimizer = new Adam(parameters, { learningRate });
  const setup = { model, optimizer, loss: combined(termsFromConfig(loss, classes.sarIgnoreIndex, adapters)) };
  const { batch, height = size.height, width = size.width } = options;
  const shape: BatchShape = { batch, height, width, maxTextLength, classes, maps: learnsMaps(architecture) };
  const step = (index: number): void => {
    const parts = randomParts(shape, random.split("batch", index), 1);
    takeBlindStep({ ...setup, random: random.split("dropout", index) }, parts);
  };
  return { step, parameters };
}
