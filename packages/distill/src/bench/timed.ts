import { chooseTileColumns, cpu, type ProfilingDevice, profilingDevice } from "@retort/tensor";
import { type ChosenDevice, chooseDevice, type WorkThreshold } from "@retort/tensor/gpu";
import type { Overrides } from "../config/overrides.js";
import { median } from "../median.js";
import { type Profile, profileOf } from "./profile.js";

/** What every benchmark takes. */
export interface BenchOptions {
  /** A config file; its Architecture, Loss, text length and, where none is given, image size count. */
  readonly config: string;
  readonly overrides?: Overrides;
  /** Images a run. */
  readonly batch: number;
  /** Size of the images; the config's unless given. */
  readonly width?: number;
  readonly height?: number;
  /** Classes of the CTC heads, blank included; of no account for a detector. */
  readonly classes: number;
  /** Threads; those of the process unless given. */
  readonly threads?: number;
  /** Runs that are timed, after one that is not. */
  readonly steps: number;
  /** "gpu" takes the best GPU that runs here, and the CPU without one. Default "cpu". */
  readonly device?: "cpu" | "gpu";
  /** Whether the report says where the time went, by kernel and shapes. Default false. */
  readonly profile?: boolean;
}

/** How long a training step, or a pass of inference, takes. */
export interface BenchReport {
  /** The median. */
  readonly seconds: number;
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
  /** Calls of a step that a GPU left to the CPU because it has no kernel for them, by kernel. */
  readonly fallbacks: Readonly<Record<string, number>>;
  /** Calls of a step that a GPU left to the CPU because they are below its `workThreshold`. */
  readonly kept: number;
  /** Of a GPU. */
  readonly workThreshold?: WorkThreshold;
}

/** The device that is timed, and the one around it that can be looked at. */
export interface BenchDevice {
  readonly chosen: ChosenDevice;
  readonly profiling: ProfilingDevice;
}

/** Opens the device that options ask for. */
export async function benchDevice({ device }: BenchOptions): Promise<BenchDevice> {
  chooseTileColumns();
  const chosen: ChosenDevice = device === "gpu" ? await chooseDevice() : { device: cpu(), reasons: [] };
  return { chosen, profiling: profilingDevice(chosen.device) };
}

/** @throws Error naming the number that is out of range */
export function checkNumbers({ batch, width = 1, height = 1, classes, steps }: BenchOptions): void {
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

/**
 * Times `run`, which gets its number: once without counting, `steps` times, and half as many times again to see which
 * kernels it spends its time in, since looking costs time. `settled` waits for what a GPU still has to do of a run.
 */
export async function timed(
  run: (index: number) => void,
  settled: () => Promise<unknown>,
  { batch, steps, profile }: BenchOptions,
  { chosen, profiling: device }: BenchDevice,
): Promise<BenchReport> {
  const times = async (first: number, count: number): Promise<number[]> => {
    const seconds: number[] = [];
    for (let i = first; i < first + count; i++) {
      const begun = performance.now();
      run(i);
      if (!device.synchronous) await settled();
      seconds.push((performance.now() - begun) / 1000);
      // Threads that have just started report between runs.
      await new Promise<void>((resolve) => setTimeout(resolve, 0));
    }
    return seconds;
  };
  const gpu = "fallbacks" in chosen.device ? chosen.device : undefined;
  device.recording = false;
  device.reset();
  await times(0, 1);
  gpu?.resetCounts();
  const seconds = median(await times(1, steps));
  const fallbacks = [...(gpu?.fallbacks ?? [])];
  const kept = [...(gpu?.kept.values() ?? [])].reduce((a, b) => a + b, 0);
  device.recording = true;
  const looked = await times(1 + steps, Math.ceil(steps / 2));
  return {
    seconds,
    imagesPerSecond: batch / seconds,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    share: shares(looked, device),
    ...(profile ? { profile: profileOf(device.calls, looked.length) } : {}),
    device: chosen.device.name,
    noGpu: chosen.reasons,
    fallbacks: Object.fromEntries(fallbacks.map(([kernel, calls]) => [kernel, calls / steps])),
    kept: kept / steps,
    ...(gpu === undefined ? {} : { workThreshold: gpu.workThreshold }),
  };
}

function shares(seconds: readonly number[], { calls }: ProfilingDevice): Record<string, number> {
  const total = 1000 * seconds.reduce((a, b) => a + b);
  const share: Record<string, number> = {};
  for (const { kernel, milliseconds } of calls) share[kernel] = (share[kernel] ?? 0) + milliseconds / total;
  const other = 1 - Object.values(share).reduce((a, b) => a + b, 0);
  return { ...share, other: Math.max(0, other) };
}
