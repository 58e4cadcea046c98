import { type MobileNetV3, MobileNetV3Block } from "../backbones/mobilenet-v3.js";
import { convNorm } from "./conv-norm.js";
import type { OnnxGraph } from "./graph.js";
import { squeezeExcitation } from "./squeeze-excitation.js";

/** [B, 3, H, W] to four maps, from large to small. */
export function mobileNetV3(graph: OnnxGraph, { conv, stages }: MobileNetV3, x: string): string[] {
  let map = convNorm(graph, conv, x);
  return stages.map((layers) => {
    for (const layer of layers) {
      map = layer instanceof MobileNetV3Block ? block(graph, layer, map) : convNorm(graph, layer, map);
    }
    return map;
  });
}

function block(graph: OnnxGraph, layer: MobileNetV3Block, x: string): string {
  const { expand_conv, bottleneck_conv, mid_se, linear_conv, residual } = layer;
  const inner = convNorm(graph, bottleneck_conv, convNorm(graph, expand_conv, x));
  const value = convNorm(graph, linear_conv, mid_se === undefined ? inner : squeezeExcitation(graph, mid_se, inner));
  return residual ? graph.node("Add", [x, value]) : value;
}
