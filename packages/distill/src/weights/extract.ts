import { withRandom } from "@retort/autograd";
import type { Network } from "@retort/ocr-models";
import { type HostArray, Random, readSafetensors, type Tensor, writeSafetensors } from "@retort/tensor";
import { batchSizes } from "../config/checks/picture-sizes.js";
import { type LoadedConfig, loadConfig, withDictionary } from "../config/load.js";
import { suggestion } from "../config/nearest.js";
import { parseConfig } from "../config/parse.js";
import type { ArchitectureConfig, SubNetworkConfig } from "../config/schema/architecture.js";
import { writeFileAtomic } from "../files/atomic.js";
import { onlyNetwork } from "../losses/from-config.js";
import type { DistillationModel } from "../model/distillation-model.js";
import { modelFromConfig } from "../model/from-config.js";
import { readCheckpoint } from "../training/checkpoint.js";
import { hostTensor } from "./host-tensor.js";
import { loadWeights } from "./load-weights.js";
import { readPdparams } from "./pdparams.js";
import { sameOutputs } from "./same-outputs.js";
import { findWeights, readWeightFile, type WeightFile } from "./weight-file.js";
import { writePdparams } from "./write-pdparams.js";

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

interface Format {
  readonly ending: string;
  /** Whether a tensor with two keys is written under both, as the reference's loading wants it. */
  readonly aliases: boolean;
  write(arrays: ReadonlyMap<string, HostArray>): Uint8Array;
  read(bytes: Uint8Array): ReadonlyMap<string, HostArray>;
}

const formats: readonly Format[] = [
  { ending: ".safetensors", aliases: false, write: writeSafetensors, read: (bytes) => readSafetensors(bytes).tensors },
  { ending: ".pdparams", aliases: true, write: writePdparams, read: (bytes) => readPdparams(bytes).tensors },
];

/**
 * Writes the weights of one sub-network as a file of its own, without the network's name in front of the keys, and shows
 * that it is the same network: on a fixed random image the network of the checkpoint and a new one with the weights of
 * the file give the same bits (every feature and head, in evaluation). Runs in Node.
 * @throws Error naming the file that is missing, is there already or does not fit its config, a sub-network that there is
 *   not, or an output that differs; nothing is written then
 */
export async function extract(options: ExtractOptions): Promise<ExtractReport> {
  const { model, out } = options;
  const format = formats.find(({ ending }) => out.endsWith(ending));
  if (format === undefined) {
    throw new Error(`${out}: expected a name that ends with ${formats.map(({ ending }) => ending).join(" or ")}`);
  }
  if (!options.force) await checkFree(out);
  const found = await findWeights(options.checkpoint, "checkpoint");
  const { loaded, weights } = await readTrained(found, options.config);
  const section = sectionOf(loaded.config.architecture, model);
  const before = networkOf(build(loaded, loaded.config.architecture, weights, found.file), model);

  const arrays = hostArrays(before.stateDict({ aliases: format.aliases }));
  const bytes = format.write(arrays);
  const after = networkAlone(loaded, section, format.read(bytes), out);
  const compared = sameOutputs(before, after, ...imageSize(loaded));
  await write(out, bytes);
  const parameters = before.parameters().reduce((sum, { value }) => sum + value.size, 0);
  return { checkpoint: found.file, model, out, keys: arrays.size, parameters, bytes: bytes.length, compared };
}

async function checkFree(out: string): Promise<void> {
  const { existsSync } = await import("node:fs");
  if (existsSync(out)) throw new Error(`${out} is there already: name another file, or force it`);
}

async function write(out: string, bytes: Uint8Array): Promise<void> {
  const { mkdir } = await import("node:fs/promises");
  const { dirname } = await import("node:path");
  await mkdir(dirname(out), { recursive: true });
  await writeFileAtomic(out, bytes);
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
  const parsed = parseConfig(JSON.stringify(checkpoint.config), { file: `the config in ${found.file}` });
  return { loaded: await withDictionary(parsed), weights: checkpoint.weights };
}

function sectionOf(architecture: ArchitectureConfig, name: string): SubNetworkConfig {
  if (architecture.kind === "single") {
    throw new Error(`the config has one network without a name, so there is no "${name}" to take out`);
  }
  const found = architecture.models.find((model) => model.name === name);
  if (found !== undefined) return found;
  const names = architecture.models.map((model) => model.name);
  throw new Error(`the config has no sub-network "${name}"; ${suggestion(name, names)}`);
}

/** A network of this section with the arrays of a file, which has no prefix. */
function networkAlone(
  loaded: LoadedConfig,
  section: SubNetworkConfig,
  arrays: ReadonlyMap<string, HostArray>,
  file: string,
): Network {
  const weights = new Map([...arrays].map(([key, array]) => [key, hostTensor(key, array)] as const));
  const alone: ArchitectureConfig = { kind: "distillation", models: [{ ...section, name: onlyNetwork }] };
  return networkOf(build(loaded, alone, weights, file), onlyNetwork);
}

function imageSize({ config }: LoadedConfig): [height: number, width: number] {
  const [size] = batchSizes(config.train);
  if (size === undefined) throw new Error("Train.dataset.transforms do not bring the pictures to a size");
  return [size.height, size.width];
}

/** Networks with these weights. Evaluation runs their SAR branches too, so that these can be compared. */
function build(
  { classes }: LoadedConfig,
  architecture: ArchitectureConfig,
  weights: ReadonlyMap<string, Tensor>,
  what: string,
): DistillationModel {
  const model = withRandom(new Random(0), () => modelFromConfig(architecture, classes, { emitGuide: true }));
  loadWeights(model, weights, what);
  return model;
}

function networkOf({ networks }: DistillationModel, name: string): Network {
  const found = networks.get(name);
  if (found === undefined) throw new Error(`there is no network "${name}"`);
  return found.network;
}

function hostArrays(state: ReadonlyMap<string, Tensor>): Map<string, HostArray> {
  return new Map(
    [...state].map(([key, value]) => [
      key,
      { dtype: "float32", shape: [...value.shape], data: value.dataSync() as Float32Array },
    ]),
  );
}
