import { FormatError, type HostArray, readSafetensors, type Tensor } from "@retort/tensor";
import { readCheckpoint } from "../training/checkpoint.js";
import { hostTensor } from "./host-tensor.js";
import { readPdparams } from "./pdparams.js";

/** What kinds of files hold weights, by the endings of their names. */
const kinds = { ".json": "checkpoint", ".pdparams": "pdparams", ".safetensors": "safetensors" } as const;
const endings = Object.keys(kinds) as (keyof typeof kinds)[];

/** A file with weights: a checkpoint of Retort, a `.pdparams` file of PaddlePaddle, or a safetensors file. */
export interface WeightFile {
  readonly file: string;
  readonly kind: (typeof kinds)[keyof typeof kinds];
}

/** Finds a file that is named with or without its ending `.json`, `.pdparams` or `.safetensors`, or says what is wrong. */
export async function lookForWeights(path: string): Promise<WeightFile | { readonly problem: string }> {
  const { existsSync } = await import("node:fs");
  const ending = endings.find((ending) => path.endsWith(ending));
  const files = ending
    ? [{ file: path, kind: kinds[ending] }]
    : endings.map((ending) => ({ file: path + ending, kind: kinds[ending] }));
  const found = files.filter(({ file }) => existsSync(file));
  if (found.length === 1) return found[0];
  if (found.length === 0) return { problem: `there is no ${either(files)}` };
  return { problem: `${either(found, "and")} are there: name one with its ending` };
}

/**
 * As `lookForWeights`; `key` is where the name stands, for messages.
 * @throws Error naming what there is not, or the files between which the name does not choose
 */
export async function findWeights(path: string, key: string): Promise<WeightFile> {
  const found = await lookForWeights(path);
  if ("problem" in found) throw new Error(`${key}: ${found.problem}`);
  return found;
}

function either(files: readonly WeightFile[], word = "or"): string {
  const names = files.map(({ file }) => file);
  return names.length === 1 ? names[0] : `${names.slice(0, -1).join(", ")} ${word} ${names.at(-1)}`;
}

/**
 * The weights in a file, by state-dict key; of a checkpoint those of the networks alone.
 * @throws Error naming the file that cannot be read, or is not what its ending says
 */
export async function readWeightFile({ file, kind }: WeightFile): Promise<ReadonlyMap<string, Tensor>> {
  if (kind === "checkpoint") return (await readCheckpoint(file)).weights;
  const { readFile } = await import("node:fs/promises");
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`the weights ${file} cannot be read: ${error.code}`);
  });
  const arrays = arraysOf(file, () => (kind === "pdparams" ? readPdparams : readSafetensors)(bytes).tensors);
  return new Map([...arrays].map(([key, array]) => [key, hostTensor(`${file}: "${key}"`, array)]));
}

function arraysOf(file: string, read: () => ReadonlyMap<string, HostArray>): ReadonlyMap<string, HostArray> {
  try {
    return read();
  } catch (error) {
    throw new FormatError(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Weights by key, from a checkpoint, a `.pdparams` or a safetensors file, named with or without its ending.
 * @throws Error naming the file that is missing or cannot be read
 */
export async function readWeights(path: string): Promise<ReadonlyMap<string, Tensor>> {
  return readWeightFile(await findWeights(path, "weights"));
}
