import { BatchNorm, Conv2d, ConvTranspose2d, Lstm, Module } from "@retort/autograd/nn";
import { type HostArray, sizeOf } from "@retort/tensor";
import { RepLayer } from "../layers/rep-layer.js";
import type { Network } from "../networks.js";
import { ownGates } from "./sequence-layers.js";

type Arrays = ReadonlyMap<string, HostArray>;

/**
 * The state dict of a network that does what the weights of an ONNX file by `onnxOf` say. What was folded stays
 * folded: a batch normalization whose weights are in the convolution before it becomes the identity, but for its bias,
 * and of parallel branches the first has the weights and the others are 0. So the network reads as the file does, but it
 * is not the one that was trained: its batch normalizations have no statistics. Constants that no parameter has the key
 * of come along; heads that were left out stay out.
 */
export function foldedState(network: Network, weights: Arrays): Map<string, HostArray> {
  const state = new Map(weights);
  for (const [path, module] of paths(network, "")) {
    if (module instanceof RepLayer) addBranches(state, path, module);
    if (module instanceof Lstm) sortGates(state, path, module);
  }
  for (const [path, module] of paths(network, "")) {
    if (module instanceof BatchNorm) addIdentity(state, path, module);
    if (module instanceof Conv2d || module instanceof ConvTranspose2d) addBias(state, path, module);
  }
  return state;
}

/** Every module with what stands in front of its keys. */
function* paths(module: Module, path: string): Iterable<readonly [string, Module]> {
  yield [path, module];
  for (const [name, member] of module.members()) {
    if (member instanceof Module) yield* paths(member, `${path}${name}.`);
  }
}

function filled(shape: readonly number[], value: number): HostArray {
  return { dtype: "float32", shape: [...shape], data: new Float32Array(sizeOf(shape)).fill(value) };
}

function addMissing(state: Map<string, HostArray>, key: string, shape: readonly number[], value: number): void {
  if (!state.has(key)) state.set(key, filled(shape, value));
}

/** Scale 1 and mean 0; the variance and epsilon together are 1. */
function addIdentity(state: Map<string, HostArray>, path: string, { bias, epsilon }: BatchNorm): void {
  if (!state.has(`${path}bias`)) return;
  addMissing(state, `${path}weight`, bias.shape, 1);
  addMissing(state, `${path}_mean`, bias.shape, 0);
  addMissing(state, `${path}_variance`, bias.shape, 1 - epsilon);
}

/** A bias that went into a batch normalization's. */
function addBias(state: Map<string, HostArray>, path: string, { bias }: Conv2d | ConvTranspose2d): void {
  if (bias !== undefined && state.has(`${path}weight`)) addMissing(state, `${path}bias`, bias.shape, 0);
}

function addBranches(state: Map<string, HostArray>, path: string, layer: RepLayer): void {
  if (!state.has(`${path}conv_kxk.0.conv.weight`)) return;
  for (const [key, member] of layer.entries(path)) {
    if (key.startsWith(`${path}conv_kxk.0.`) || key.startsWith(`${path}act.`)) continue;
    const value = key.endsWith("_variance") || key === `${path}lab.scale` ? 1 : 0;
    addMissing(state, key, member.value.shape, value);
  }
  // With a stride of 2 by 2 nothing reads these.
  for (const [key, member] of layer.act.entries(`${path}act.`)) {
    addMissing(state, key, member.value.shape, key.endsWith("scale") ? 1 : 0);
  }
}

function sortGates(state: Map<string, HostArray>, path: string, layer: Lstm): void {
  for (const [key] of layer.entries(path)) {
    const found = state.get(key);
    if (found !== undefined && found.data.length % 4 === 0) {
      state.set(key, { ...found, data: ownGates(found.data as Float32Array) });
    }
  }
}
