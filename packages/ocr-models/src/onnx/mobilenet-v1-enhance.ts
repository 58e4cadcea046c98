import type { MobileNetV1Enhance } from "../backbones/mobilenet-v1-enhance.js";
import { convNorm } from "./conv-norm.js";
import type { OnnxGraph } from "./graph.js";
import { pool } from "./pool.js";
import { squeezeExcitation } from "./squeeze-excitation.js";

/** [B, 3, H, W] to a map for a sequence encoder. */
export function mobileNetV1Enhance(
  graph: OnnxGraph,
  { conv1, block_list, options }: MobileNetV1Enhance,
  x: string,
): string {
  let map = convNorm(graph, conv1, x);
  for (const { _depthwise_conv, _se, _pointwise_conv } of block_list) {
    const inner = convNorm(graph, _depthwise_conv, map);
    map = convNorm(graph, _pointwise_conv, _se === undefined ? inner : squeezeExcitation(graph, _se, inner));
  }
  const { lastPoolType, lastPoolKernelSize } = options;
  return lastPoolType === "avg"
    ? pool(graph, "AveragePool", map, { kernel: lastPoolKernelSize })
    : pool(graph, "MaxPool", map, { kernel: [2, 2] });
}
