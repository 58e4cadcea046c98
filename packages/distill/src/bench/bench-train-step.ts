import { withRandom } from "@retort/autograd";
import { Adam } from "@retort/autograd/optim";
import { cpu, type ProfilingDevice, profilingDevice, Random, setThreads, withDevice } from "@retort/tensor";
import { type ChosenDevice, chooseDevice } from "@retort/tensor/gpu";
import { learnsMaps } from "../config/checks/networks.js";
import { classCountsOf } from "../config/classes.js";
import type { Overrides } from "../config/overrides.js";
import { combined } from "../losses/combined.js";
import { termsFromConfig } from "../losses/from-config.js";
import { adaptersFromConfig } from "../model/adapters.js";
import { modelFromConfig } from "../model/from-config.js";
import { trainableParameters } from "../training/parameters.js";
import { takeStep } from "../training/step.js";
import { readBenchModel } from "./bench-model.js";
import { type Profile, profileOf } from "./profile.js";
import { type BatchShape, randomParts } from "./random-batch.js";

/** What is timed. */
export interface BenchOptions {
  /** A config file; its Architecture, Loss, text length and, where none is given, image size count. */
  readonly config: string;
  readonly overrides?: Overrides;
  /** Images a step. */
  readonly batch: number;
  /** Size of the images; the config's unless given. */
  readonly width?: number;
  readonly height?: number;
  /** Classes of the CTC heads, blank included; of no account for a detector. */
  readonly classes: number;
  /** Threads; those of the process unless given. */
  readonly threads?: number;
  /** Steps that are timed, after one that is not. */
  readonly steps: number;
  /** "gpu" takes the best GPU that runs here, and the CPU without one. Default "cpu". */
  readonly device?: "cpu" | "gpu";
  /** Whether the report says where the time went, by kernel and shapes. Default false. */
  readonly profile?: boolean;
}

/** How long a training step takes. */
export interface BenchReport {
  /** The median. */
  readonly secondsPerStep: number;
  readonly imagesPerSecond: number;
  /** The largest resident memory of the process so far: what the system charges for it. */
  readonly peakMemoryBytes: number;
  /** Share of the time by kernel, 0 to 1; "other" is the time outside of kernels. */
  readonly share: Readonly<Record<string, number>>;
  /** Where the time went, if it was asked for. */
  readonly profile?: Profile;
  /** The device, such as "gpu (webgpu)". */
  readonly device: string;
  /** Why a GPU that was asked for is not used, a reason for each way to it. */
  readonly noGpu: readonly string[];
  /** Calls of a step that a GPU left to the CPU, by kernel. */
  readonly fallbacks: Readonly<Record<string, number>>;
}

const learningRate = 1e-3;

/**
 * Times whole training steps on random images and texts or, for a detector, maps, newly drawn for every step: forward of every network, all
 * losses at full weight, backward, Adam over all learning parameters. Then takes half as many steps again to see which
 * kernels they spend their time in, since looking costs time. Runs in Node.
 * @throws Error when the config cannot be read or is wrong, or a number is out of range
 */
export async function benchTrainStep(options: BenchOptions): Promise<BenchReport> {
  checkNumbers(options);
  const { readFile } = await import("node:fs/promises");
  const text = await readFile(options.config, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Error(`the config "${options.config}" cannot be read: ${error.code}`);
  });
  if (options.threads !== undefined) setThreads(options.threads);
  const chosen: ChosenDevice = options.device === "gpu" ? await chooseDevice() : { device: cpu(), reasons: [] };
  const device = profilingDevice(chosen.device);
  const step = withDevice(device, () => makeStep(text, options, device));
  const run = async (first: number, count: number): Promise<number[]> => {
    const seconds: number[] = [];
    for (let i = first; i < first + count; i++) seconds.push(await step(i));
    return seconds;
  };
  device.recording = false;
  device.reset();
  await run(0, 1);
  if ("resetCounts" in chosen.device) chosen.device.resetCounts();
  const seconds = await run(1, options.steps);
  const fallbacks = "fallbacks" in chosen.device ? [...chosen.device.fallbacks] : [];
  device.recording = true;
  const profiled = await run(1 + options.steps, Math.ceil(options.steps / 2));
  return {
    ...report(seconds, profiled, options, device),
    noGpu: chosen.reasons,
    fallbacks: Object.fromEntries(fallbacks.map(([kernel, calls]) => [kernel, calls / options.steps])),
  };
}

function checkNumbers({ batch, width = 1, height = 1, classes, steps }: BenchOptions): void {
  for (const [name, value, least] of [
    ["batch", batch, 1],
    ["width", width, 1],
    ["height", height, 1],
    ["classes", classes, 2],
    ["steps", steps, 1],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < least) {
      throw new Error(`${name}: expected a whole number from ${least} on, found ${value}`);
    }
  }
}

/** Makes the networks, and a function that takes a step and gives its seconds. */
function makeStep(text: string, options: BenchOptions, device: ProfilingDevice): (index: number) => Promise<number> {
  const { architecture, loss, maxTextLength, ...size } = readBenchModel(text, options.config, options.overrides ?? []);
  const classes = classCountsOf(options.classes);
  const random = new Random(1);
  const model = withRandom(random.split("weights"), () => modelFromConfig(architecture, classes));
  const adapters = withRandom(random.split("adapters"), () => adaptersFromConfig(loss, model, classes));
  const parameters = [...trainableParameters({ model, adapters }).values()];
  const optimizer = new Adam(parameters, { learningRate });
  const setup = { model, optimizer, loss: combined(termsFromConfig(loss, classes.sarIgnoreIndex, adapters)) };
  const { batch, height = size.height, width = size.width } = options;
  const shape: BatchShape = { batch, height, width, maxTextLength, classes, maps: learnsMaps(architecture) };
  return async (index) => {
    const begun = performance.now();
    withDevice(device, () =>
      takeStep(
        { ...setup, random: random.split("dropout", index) },
        randomParts(shape, random.split("batch", index), 1),
      ),
    );
    // A GPU has done its work when something of it can be read.
    if (!device.synchronous) await parameters[parameters.length - 1].value.data();
    const seconds = (performance.now() - begun) / 1000;
    // Threads that have just started report between steps.
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    return seconds;
  };
}

function report(
  seconds: readonly number[],
  profiled: readonly number[],
  { batch, profile }: BenchOptions,
  device: ProfilingDevice,
): Omit<BenchReport, "noGpu" | "fallbacks"> {
  const total = 1000 * profiled.reduce((a, b) => a + b);
  const share: Record<string, number> = {};
  for (const { kernel, milliseconds } of device.calls) share[kernel] = (share[kernel] ?? 0) + milliseconds / total;
  const other = 1 - Object.values(share).reduce((a, b) => a + b, 0);
  const secondsPerStep = median(seconds);
  return {
    device: device.name,
    secondsPerStep,
    imagesPerSecond: batch / secondsPerStep,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    share: { ...share, other: Math.max(0, other) },
    ...(profile ? { profile: profileOf(device.calls, profiled.length) } : {}),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
