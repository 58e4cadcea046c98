import type { BackboneConvNorm, ConvNorm, NeckConvNorm } from "../layers/conv-norm.js";
import { convolutionNorm } from "./convolution.js";
import type { OnnxGraph } from "./graph.js";

/** Convolution, batch normalization and activation, under any of the reference's names for them. */
export function convNorm(graph: OnnxGraph, layer: BackboneConvNorm | NeckConvNorm | ConvNorm, x: string): string {
  if ("_conv" in layer) return convolutionNorm(graph, layer._conv, layer._batch_norm, x);
  return convolutionNorm(graph, layer.conv, "norm" in layer ? layer.norm : layer.bn, x);
}
