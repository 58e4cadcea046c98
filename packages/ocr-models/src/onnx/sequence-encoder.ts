import type { SequenceEncoder } from "../necks/sequence-encoder.js";
import { SvtrEncoder } from "../necks/svtr.js";
import { swish } from "./activation.js";
import { convNorm } from "./conv-norm.js";
import type { OnnxGraph } from "./graph.js";
import { attention, layerNorm, linear, lstm } from "./sequence-layers.js";

/** A map [B, C, 1, W] as a sequence [B, W, D]. */
export function sequenceEncoder(graph: OnnxGraph, { encoder }: SequenceEncoder, x: string): string {
  if (encoder === undefined) return mapToSequence(graph, x);
  if (encoder instanceof SvtrEncoder) return mapToSequence(graph, svtrEncoder(graph, encoder, x));
  const sequence = mapToSequence(graph, x);
  return "lstm" in encoder ? lstm(graph, encoder.lstm, sequence) : linear(graph, encoder.fc, sequence);
}

function mapToSequence(graph: OnnxGraph, x: string): string {
  return graph.node("Transpose", [graph.node("Squeeze", [x, graph.integers([2])])], { perm: { ints: [0, 2, 1] } });
}

function svtrEncoder(graph: OnnxGraph, encoder: SvtrEncoder, x: string): string {
  const { conv1, conv2, svtr_block, norm, conv3, conv4, conv1x1 } = encoder;
  const map = convNorm(graph, conv2, convNorm(graph, conv1, x));
  let tokens = mapToSequence(graph, map);
  for (const block of svtr_block) tokens = svtrBlock(graph, block, tokens);
  const columns = graph.node("Transpose", [layerNorm(graph, norm, tokens)], { perm: { ints: [0, 2, 1] } });
  const back = convNorm(graph, conv3, graph.node("Unsqueeze", [columns, graph.integers([2])]));
  const fused = graph.node("Concat", [x, back], { axis: { int: 1 } });
  return convNorm(graph, conv1x1, convNorm(graph, conv4, fused));
}

function svtrBlock(graph: OnnxGraph, block: SvtrEncoder["svtr_block"][number], x: string): string {
  const { norm1, mixer, norm2, mlp } = block;
  const mixed = graph.node("Add", [x, attention(graph, mixer, layerNorm(graph, norm1, x))]);
  const inner = swish(graph, linear(graph, mlp.fc1, layerNorm(graph, norm2, mixed)));
  return graph.node("Add", [mixed, linear(graph, mlp.fc2, inner)]);
}
