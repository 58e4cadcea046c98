import type { Module } from "@retort/autograd/nn";
import { type HostArray, readSafetensors, writeSafetensors } from "@retort/tensor";
import { writeFileAtomic } from "../files/atomic.js";
import { readPdparams } from "./pdparams.js";
import { writePdparams } from "./write-pdparams.js";

/** A kind of file that the weights of a network are written as. */
export interface WeightFormat {
  readonly ending: string;
  /** Whether a tensor with two keys is written under both, as the reference's loading wants it. */
  readonly aliases: boolean;
  write(arrays: ReadonlyMap<string, HostArray>): Uint8Array;
  read(bytes: Uint8Array): ReadonlyMap<string, HostArray>;
}

/** Every such kind. */
export const weightFormats: readonly WeightFormat[] = [
  { ending: ".safetensors", aliases: false, write: writeSafetensors, read: (bytes) => readSafetensors(bytes).tensors },
  { ending: ".pdparams", aliases: true, write: writePdparams, read: (bytes) => readPdparams(bytes).tensors },
];

/** The kind that the ending of a name stands for. @throws Error naming the endings that there are */
export function formatOf(out: string): WeightFormat {
  const format = weightFormats.find(({ ending }) => out.endsWith(ending));
  if (format !== undefined) return format;
  throw new Error(`${out}: expected a name that ends with ${weightFormats.map(({ ending }) => ending).join(" or ")}`);
}

/** The parameters and buffers of a network as host arrays by key. */
export function hostArrays(network: Module, { aliases }: Pick<WeightFormat, "aliases">): Map<string, HostArray> {
  return new Map(
    [...network.stateDict({ aliases })].map(([key, value]) => [
      key,
      { dtype: "float32", shape: [...value.shape], data: value.dataSync() as Float32Array },
    ]),
  );
}

/** @throws Error when a file of this name is there */
export async function checkFree(out: string): Promise<void> {
  const { existsSync } = await import("node:fs");
  if (existsSync(out)) throw new Error(`${out} is there already: name another file, or force it`);
}

/** Writes a file at once, and the folders above it. */
export async function writeBytes(out: string, bytes: Uint8Array): Promise<void> {
  const { mkdir } = await import("node:fs/promises");
  const { dirname } = await import("node:path");
  await mkdir(dirname(out), { recursive: true });
  await writeFileAtomic(out, bytes);
}
