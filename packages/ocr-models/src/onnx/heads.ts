import type { CtcHead } from "../heads/ctc-head.js";
import type { DbHead } from "../heads/db-head.js";
import { convolution, convolutionNorm } from "./convolution.js";
import type { OnnxGraph } from "./graph.js";
import { linear } from "./sequence-layers.js";

/** Probabilities of the classes at each step [B, T, classes], of a sequence [B, T, C]. */
export function ctcHead(graph: OnnxGraph, { fc, fc1, fc2 }: CtcHead, x: string): string {
  const layers = [fc, fc1, fc2].filter((layer) => layer !== undefined);
  const logits = layers.reduce((value, layer) => linear(graph, layer, value), x);
  return graph.named("probabilities", "Softmax", [logits], { axis: { int: -1 } });
}

/** The shrink map [B, 1, 4H, 4W] of a map [B, C, H, W]. */
export function dbHead(graph: OnnxGraph, { binarize }: DbHead, x: string): string {
  const { conv1, conv_bn1, conv2, conv_bn2, conv3 } = binarize;
  const first = convolutionNorm(graph, conv1, conv_bn1, x);
  const second = convolutionNorm(graph, conv2, conv_bn2, first);
  return graph.named("maps", "Sigmoid", [convolution(graph, conv3, second)]);
}
