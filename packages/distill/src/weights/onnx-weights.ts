import type { Network } from "@retort/ocr-models";
import type { OnnxContents } from "@retort/ocr-models/onnx";
import type { Tensor } from "@retort/tensor";
import { hostTensor } from "./host-tensor.js";

/** Weights of an exported network by the keys of its state dict. */
export interface OnnxWeights {
  readonly state: ReadonlyMap<string, Tensor>;
  /** The keys that such a file never has: those of heads that are not exported. */
  readonly absent: ReadonlySet<string>;
}

/** The weights in an ONNX file that `exportNetworks` wrote, for a network for images of this height; see `foldedState`. */
export async function onnxWeights(
  tensors: OnnxContents["tensors"],
  network: Network,
  height: number,
): Promise<OnnxWeights> {
  const { foldedState, onnxOf } = await import("@retort/ocr-models/onnx");
  const arrays = foldedState(network, tensors);
  const written = foldedState(network, onnxOf(network, height).initializers);
  const absent = new Set([...network.stateDict().keys()].filter((key) => !written.has(key)));
  return { state: new Map([...arrays].map(([key, array]) => [key, hostTensor(key, array)])), absent };
}
