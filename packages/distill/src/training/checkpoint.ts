import type { Optimizer } from "@retort/autograd/optim";
import type { LoaderPosition } from "@retort/ocr-models/data";
import { type HostArray, kernelSet, readSafetensors, type Tensor, writeSafetensors } from "@retort/tensor";
import { writeFileAtomic } from "../files/atomic.js";
import { adapterPrefix } from "../model/adapters.js";
import { hostTensor } from "../weights/host-tensor.js";
import { loadWeights } from "../weights/load-weights.js";
import { type Learners, namedParameters } from "./parameters.js";

/** Where a training stands besides its weights. */
export interface Progress {
  /** Steps done. */
  readonly step: number;
  /** The batch that comes next. */
  readonly position: LoaderPosition;
  readonly best?: { readonly step: number; readonly epoch: number; readonly metrics: Readonly<Record<string, number>> };
  /** How many processes trained, and the steps of their epochs: others divide an epoch into other steps. */
  readonly together?: { readonly ranks: number; readonly stepsPerEpoch: number };
}

/** The JSON file of a checkpoint. */
interface CheckpointFile {
  readonly format: "retort-checkpoint";
  readonly version: 1;
  /** File with the tensors, in the same folder. */
  readonly tensors: string;
  readonly progress: Progress;
  readonly optimizer: {
    readonly name: string;
    readonly step: number;
    readonly updates: Readonly<Record<string, number>>;
  };
  /** The kernels that it was trained with; others change the last bits. */
  readonly kernels: string;
  readonly config: unknown;
}

const optimizerPrefix = "optimizer/";

/** What a checkpoint saves and restores, beside the progress. */
export interface Learning extends Learners {
  readonly optimizer: Optimizer;
}

/**
 * Saves networks, adapters, optimizer and progress as `NAME.json` and the safetensors file that it names, each tensor
 * once. The JSON file is replaced last and at once, so a training that is killed at any moment leaves the old checkpoint
 * or the new one; what a killed save left behind is removed by the next.
 * @throws NonFiniteWeightsError when a tensor holds NaN or infinity: nothing is written then
 * @throws Error naming the file that cannot be written
 */
export async function saveCheckpoint(
  folder: string,
  name: string,
  learning: Learning,
  progress: Progress,
  config: unknown,
): Promise<string> {
  const { mkdir } = await import("node:fs/promises");
  const { join } = await import("node:path");
  await mkdir(folder, { recursive: true });
  const state = learning.optimizer.state(namedParameters(learning));
  const hosts = await hostsOf(learning, state.tensors);
  const file = join(folder, `${name}.json`);
  const tensors = tensorsName(name, progress.step, await tensorsNamedBy(file));
  await writeFileAtomic(join(folder, tensors), writeSafetensors(hosts, {}));
  const { optimizer: rule, step, updates } = state;
  const content: CheckpointFile = {
    format: "retort-checkpoint",
    version: 1,
    tensors,
    progress,
    optimizer: { name: rule, step, updates },
    kernels: kernelSet(),
    config,
  };
  await writeFileAtomic(file, `${JSON.stringify(content, null, 1)}\n`);
  await removeOlder(folder, name, tensors);
  return file;
}

/** Weights became NaN or infinite. The checkpoints saved before are as they were. */
export class NonFiniteWeightsError extends Error {
  override name = "NonFiniteWeightsError";
}

async function hostsOf(
  { model, adapters }: Learning,
  moments: ReadonlyMap<string, Tensor>,
): Promise<Map<string, HostArray>> {
  const stored = new Map<string, Tensor>([
    ...model.stateDict({ aliases: false }),
    ...adapters.stateDict({ aliases: false }),
  ]);
  for (const [key, value] of moments) stored.set(optimizerPrefix + key, value);
  const hosts = new Map<string, HostArray>();
  for (const [key, value] of stored) {
    const data = (await value.data()) as Float32Array;
    const wrong = data.findIndex((x) => !Number.isFinite(x));
    if (wrong >= 0) throw new NonFiniteWeightsError(`${key} holds ${data[wrong]}: it is not saved`);
    hosts.set(key, { dtype: "float32", shape: [...value.shape], data });
  }
  return hosts;
}

/** The file of tensors that a checkpoint names; undefined where there is no checkpoint that can be read. */
async function tensorsNamedBy(file: string): Promise<string | undefined> {
  const { readFile } = await import("node:fs/promises");
  try {
    return parse(file, await readFile(file, "utf8")).tensors;
  } catch {
    return undefined;
  }
}

/** A name that the old checkpoint, which must stay whole until the new one is, does not use. */
function tensorsName(name: string, step: number, used: string | undefined): string {
  const plain = `${name}.step-${step}.safetensors`;
  return plain === used ? `${name}.step-${step}-again.safetensors` : plain;
}

/** Removes what earlier saves of this name left: their tensors, and temporary files of saves that were killed. */
async function removeOlder(folder: string, name: string, tensors: string): Promise<void> {
  const { readdir, rm } = await import("node:fs/promises");
  const { join } = await import("node:path");
  const isOlder = (file: string): boolean =>
    file.startsWith(`${name}.step-`) && file.endsWith(".safetensors") && file !== tensors;
  const isTemporary = (file: string): boolean => file.startsWith(`.${name}.`) && file.endsWith(".tmp");
  const older = (await readdir(folder)).filter((file) => isOlder(file) || isTemporary(file));
  await Promise.all(older.map((file) => rm(join(folder, file), { force: true })));
}

/** A checkpoint as read from its files. */
export interface Checkpoint {
  readonly file: string;
  readonly progress: Progress;
  readonly optimizer: CheckpointFile["optimizer"];
  readonly kernels: string;
  readonly weights: ReadonlyMap<string, Tensor>;
  /** The weights of the losses' adapters. */
  readonly adapters: ReadonlyMap<string, Tensor>;
  readonly moments: ReadonlyMap<string, Tensor>;
  /** The config that it was trained with, as data, before anything was checked. */
  readonly config: unknown;
}

/** A checkpoint without its tensors. */
export interface CheckpointHead extends Pick<CheckpointFile, "progress" | "optimizer" | "kernels" | "config"> {
  readonly file: string;
}

/**
 * Reads what a checkpoint says beside its tensors: `path` with or without `.json`.
 * @throws Error naming the file that is missing or is no checkpoint
 */
export async function readCheckpointHead(path: string): Promise<CheckpointHead> {
  const { file, progress, optimizer, kernels, config } = await readJson(path);
  return { file, progress, optimizer, kernels, config };
}

async function readJson(path: string): Promise<CheckpointFile & { readonly file: string }> {
  const { readFile } = await import("node:fs/promises");
  const file = path.endsWith(".json") ? path : `${path}.json`;
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Error(`the checkpoint ${file} cannot be read: ${error.code}`);
  });
  return { file, ...parse(file, text) };
}

/**
 * Reads a checkpoint: `path` with or without `.json`.
 * @throws Error naming the file that is missing or is no checkpoint
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const { readFile } = await import("node:fs/promises");
  const { dirname, join } = await import("node:path");
  const { file, ...content } = await readJson(path);
  const tensorFile = join(dirname(file), content.tensors);
  const bytes = await readFile(tensorFile).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`the checkpoint ${file} names ${tensorFile}, which cannot be read: ${error.code}`);
  });
  const weights = new Map<string, Tensor>();
  const adapters = new Map<string, Tensor>();
  const moments = new Map<string, Tensor>();
  for (const [key, array] of readSafetensors(bytes).tensors) {
    const value = hostTensor(`${tensorFile}: "${key}"`, array);
    if (key.startsWith(optimizerPrefix)) moments.set(key.slice(optimizerPrefix.length), value);
    else if (key.startsWith(adapterPrefix)) adapters.set(key, value);
    else weights.set(key, value);
  }
  const { progress, optimizer, kernels, config } = content;
  return { file, progress, optimizer, kernels, weights, adapters, moments, config };
}

function parse(file: string, text: string): CheckpointFile {
  let content: Partial<CheckpointFile>;
  try {
    content = JSON.parse(text) as Partial<CheckpointFile>;
  } catch (error) {
    throw new Error(`the checkpoint ${file} is no JSON: ${(error as Error).message}`);
  }
  if (content.format !== "retort-checkpoint" || content.version !== 1) {
    throw new Error(`${file} is no checkpoint of this version: format ${content.format}, version ${content.version}`);
  }
  return content as CheckpointFile;
}

/** Puts a checkpoint's weights, adapters and optimizer state in place. @throws Error when it is of another network */
export function restore(checkpoint: Checkpoint, learning: Learning): void {
  loadWeights(learning.model, checkpoint.weights, checkpoint.file);
  learning.adapters.loadStateDict(checkpoint.adapters);
  const { name, step, updates } = checkpoint.optimizer;
  learning.optimizer.loadState(namedParameters(learning), {
    optimizer: name,
    step,
    updates,
    tensors: checkpoint.moments,
  });
}
