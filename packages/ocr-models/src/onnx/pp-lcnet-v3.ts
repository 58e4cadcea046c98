import type { PPLCNetV3, PPLCNetV3Detection, PPLCNetV3Stages } from "../backbones/pp-lcnet-v3.js";
import { convNorm } from "./conv-norm.js";
import { convolution } from "./convolution.js";
import type { OnnxGraph } from "./graph.js";
import { pool } from "./pool.js";
import { repLayer } from "./rep-layer.js";
import { squeezeExcitation } from "./squeeze-excitation.js";

type Blocks = PPLCNetV3Stages["blocks2"];

function stage(graph: OnnxGraph, blocks: Blocks, x: string): string {
  let map = x;
  for (const { dw_conv, se, pw_conv } of blocks) {
    const inner = repLayer(graph, dw_conv, map);
    map = repLayer(graph, pw_conv, se === undefined ? inner : squeezeExcitation(graph, se, inner));
  }
  return map;
}

/** Maps behind the stages 3 to 6. */
function stages(graph: OnnxGraph, backbone: PPLCNetV3Stages, x: string): string[] {
  const { conv1, blocks2, blocks3, blocks4, blocks5, blocks6 } = backbone;
  let map = stage(graph, blocks2, convNorm(graph, conv1, x));
  return [blocks3, blocks4, blocks5, blocks6].map((blocks) => {
    map = stage(graph, blocks, map);
    return map;
  });
}

/** [B, 3, H, W] to a map for a sequence encoder. */
export function ppLcNetV3(graph: OnnxGraph, backbone: PPLCNetV3, x: string): string {
  const [, , , last] = stages(graph, backbone, x);
  return pool(graph, "AveragePool", last, { kernel: backbone.lastPoolKernelSize ?? [3, 2] });
}

/** [B, 3, H, W] to four maps, from large to small. */
export function ppLcNetV3Detection(graph: OnnxGraph, backbone: PPLCNetV3Detection, x: string): string[] {
  return stages(graph, backbone, x).map((map, level) => convolution(graph, backbone.layer_list[level], map));
}
