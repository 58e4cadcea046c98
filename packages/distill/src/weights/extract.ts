import type { Tensor } from "@retort/tensor";
import { batchSizes } from "../config/checks/picture-sizes.js";
import { type LoadedConfig, loadConfig, loadStoredConfig } from "../config/load.js";
import { readCheckpoint } from "../training/checkpoint.js";
import { modelWith, networkAlone, networkOf, sectionOf } from "./alone.js";
import { checkFree, formatOf, hostArrays, writeBytes } from "./formats.js";
import { sameOutputs } from "./same-outputs.js";
import { findWeights, readWeightFile, type WeightFile } from "./weight-file.js";

/** What to take out of which file. */
export interface ExtractOptions {
  /** A checkpoint, `.pdparams` or safetensors file, with or without its ending. */
  readonly checkpoint: string;
  /** The sub-network. */
  readonly model: string;
  /** The file to write: `.safetensors` or `.pdparams`. */
  readonly out: string;
  /** The config that the weights belong to; a checkpoint of Retort has its own inside. */
  readonly config?: string;
  /** Whether a file that is there is replaced. Default false. */
  readonly force?: boolean;
}

/** What was taken out. */
export interface ExtractReport {
  /** The file that the weights are from. */
  readonly checkpoint: string;
  readonly model: string;
  readonly out: string;
  /** Keys that were written; a tensor that has two in the reference has both in a `.pdparams` file. */
  readonly keys: number;
  readonly parameters: number;
  readonly bytes: number;
  /** Shapes of the outputs that were the same before and after, to the last bit. */
  readonly compared: Readonly<Record<string, readonly number[]>>;
}

/**
 * Writes the weights of one sub-network as a file of its own, without the network's name in front of the keys, and shows
 * that it is the same network: on a fixed random image the network of the checkpoint and a new one with the weights of
 * the file give the same bits (every feature and head, in evaluation). Runs in Node.
 * @throws Error naming the file that is missing, is there already or does not fit its config, a sub-network that there is
 *   not, or an output that differs; nothing is written then
 */
export async function extract(options: ExtractOptions): Promise<ExtractReport> {
  const { model, out } = options;
  const format = formatOf(out);
  if (!options.force) await checkFree(out);
  const found = await findWeights(options.checkpoint, "checkpoint");
  const { loaded, weights } = await readTrained(found, options.config);
  const section = sectionOf(loaded.config.architecture, model);
  const before = networkOf(modelWith(loaded, loaded.config.architecture, weights, found.file), model);

  const arrays = hostArrays(before, format);
  const bytes = format.write(arrays);
  const after = networkAlone(loaded, section, format.read(bytes), out);
  const compared = sameOutputs(before, after, ...imageSize(loaded));
  await writeBytes(out, bytes);
  const parameters = before.parameters().reduce((sum, { value }) => sum + value.size, 0);
  return { checkpoint: found.file, model, out, keys: arrays.size, parameters, bytes: bytes.length, compared };
}

/** Weights, and the config that they belong to. */
async function readTrained(
  found: WeightFile,
  config: string | undefined,
): Promise<{ loaded: LoadedConfig; weights: ReadonlyMap<string, Tensor> }> {
  if (config !== undefined) return { loaded: await loadConfig(config), weights: await readWeightFile(found) };
  if (found.kind !== "checkpoint")
    throw new Error(`${found.file} holds no config: name the one that its weights belong to`);
  const checkpoint = await readCheckpoint(found.file);
  return { loaded: await loadStoredConfig(checkpoint.config, found.file), weights: checkpoint.weights };
}

/** Height and width that pictures of the Train section are brought to. @throws Error when there is no one size */
function imageSize({ config }: LoadedConfig): [height: number, width: number] {
  const [size] = batchSizes(config.train);
  if (size === undefined) throw new Error("Train.dataset.transforms do not bring the pictures to a size");
  return [size.height, size.width];
}
