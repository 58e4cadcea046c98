import type { Module } from "@retort/autograd/nn";
import { loadWeights } from "./load-weights.js";
import { findWeights, readWeightFile } from "./weight-file.js";

/**
 * Loads the weights that `key` of a config names into a network, strictly: a checkpoint, a `.pdparams` or a safetensors
 * file, with or without its ending. Returns the file that they are from.
 * @throws Error naming the key and the file that is missing, cannot be read or does not fit; see `loadWeights`
 */
export async function loadWeightFile(network: Module, path: string, key: string): Promise<string> {
  const found = await findWeights(path, key);
  loadWeights(network, await readWeightFile(found), `${key}: ${found.file}`);
  return found.file;
}
