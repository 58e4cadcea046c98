import { noGrad, withRandom } from "@retort/autograd";
import type { Network } from "@retort/ocr-models";
import { Random, randomUniform, scope, setThreads, withDevice } from "@retort/tensor";
import { classCountsOf } from "../config/classes.js";
import type { ArchitectureConfig } from "../config/schema/architecture.js";
import { onlyNetwork } from "../losses/from-config.js";
import { modelFromConfig } from "../model/from-config.js";
import { networkOf, sectionOf } from "../weights/alone.js";
import { loadBenchModel } from "./bench-model.js";
import { type BenchOptions, type BenchReport, benchDevice, checkNumbers, timed } from "./timed.js";

/** What is timed. */
export interface InferenceOptions extends BenchOptions {
  /** The sub-network. Default: the only one, or `Student`. */
  readonly model?: string;
  /** A file to write the same network to as ONNX, for other systems to run. */
  readonly onnx?: string;
}

/**
 * Times one network of a config on random images of its training's size: the forward pass of evaluation, without a tape.
 * Its weights are random. Runs in Node.
 * @throws Error when the config cannot be read or is wrong, has no network of that name, or a number is out of range
 */
export async function benchInference(options: InferenceOptions): Promise<BenchReport> {
  checkNumbers(options);
  const { architecture, ...size } = await loadBenchModel(options.config, options.overrides);
  const { batch, height = size.height, width = size.width } = options;
  if (options.threads !== undefined) setThreads(options.threads);
  const random = new Random(1);
  const device = await benchDevice(options);
  const { profiling } = device;
  const network = withDevice(profiling, () =>
    withRandom(random.split("weights"), () => networkAt(architecture, options)),
  );
  if (options.onnx !== undefined) await writeAsOnnx(network, height, options.onnx);
  const images = withDevice(profiling, () => randomUniform([batch, 3, height, width], -1, 1, random.words(), 0));
  const pass = (): void => scope(() => noGrad(() => void network.forward(images)));
  return timed(
    () => withDevice(profiling, pass),
    () => images.data(),
    options,
    device,
  );
}

function networkAt(architecture: ArchitectureConfig, { model, classes }: InferenceOptions): Network {
  const name = model ?? (architecture.kind === "single" ? onlyNetwork : "Student");
  const network = sectionOf(architecture, name);
  return networkOf(modelFromConfig({ kind: "single", network }, classCountsOf(classes)), onlyNetwork).eval();
}

async function writeAsOnnx(network: Network, height: number, file: string): Promise<void> {
  const { onnxOf, writeOnnx } = await import("@retort/ocr-models/onnx");
  const { writeFileAtomic } = await import("../files/atomic.js");
  await writeFileAtomic(file, writeOnnx(onnxOf(network, height)));
}
