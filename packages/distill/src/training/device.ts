import { chooseTileColumns, currentDevice } from "@retort/tensor";
import { type ChosenDevice, chooseDevice } from "@retort/tensor/gpu";
import { loadConfig } from "../config/load.js";
import type { Overrides } from "../config/overrides.js";
import type { GlobalConfig } from "../config/schema/global.js";
import { alone, type Communicator } from "../parallel/communicator.js";

let gpu: Promise<ChosenDevice> | undefined;

/**
 * The device that `Global.use_gpu` asks for: the best GPU that runs here, opened once in a process, or the current device
 * with the reasons why none is used. Without it the current device. The register tiles of the CPU are chosen by then.
 */
export async function deviceFor(
  { useGpu }: Pick<GlobalConfig, "useGpu">,
  { size }: Pick<Communicator, "size"> = alone,
): Promise<ChosenDevice> {
  chooseTileColumns();
  if (!useGpu) return { device: currentDevice(), reasons: [] };
  if (size > 1) return { device: currentDevice(), reasons: ["processes that work together do so on CPUs alone"] };
  gpu ??= chooseDevice();
  return gpu;
}

/** A device that was opened. */
export interface OpenedDevice {
  /** Such as "cpu" or "gpu (webgpu)". */
  readonly name: string;
  /** Why it is no GPU where one was asked for, a reason for each way to it. */
  readonly reasons: readonly string[];
}

/**
 * Opens the device on which `trainFromConfig` and `evaluateFromConfig`, with the same `ranks`, and inference by this config
 * work in this process.
 * @throws ConfigError with all problems of the config
 */
export async function openDevice(
  path: string,
  overrides: Overrides = [],
  ranks: Pick<Communicator, "size"> = alone,
): Promise<OpenedDevice> {
  const { device, reasons } = await deviceFor((await loadConfig(path, overrides)).config.global, ranks);
  return { name: device.name, reasons };
}
