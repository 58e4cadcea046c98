import type { ResNetVd } from "../backbones/resnet-vd.js";
import { convNorm } from "./conv-norm.js";
import type { OnnxGraph } from "./graph.js";
import { pool } from "./pool.js";

/** [B, 3, H, W] with H and W multiples of 32 to four maps, from large to small. */
export function resNetVd(graph: OnnxGraph, backbone: ResNetVd, x: string): string[] {
  const { conv1_1, conv1_2, conv1_3, stages } = backbone;
  const stem = [conv1_1, conv1_2, conv1_3].reduce((map, layer) => convNorm(graph, layer, map), x);
  let map = pool(graph, "MaxPool", stem, { kernel: [3, 3], stride: [2, 2], padding: [1, 1] });
  return stages.map((blocks) => {
    for (const layer of blocks) map = block(graph, layer, map);
    return map;
  });
}

function block(graph: OnnxGraph, layer: ResNetVd["stages"][number][number], x: string): string {
  const { conv0, conv1, conv2 } = layer;
  const inner = [conv0, conv1, ...(conv2 === undefined ? [] : [conv2])];
  const value = inner.reduce((map, each) => convNorm(graph, each, map), x);
  return graph.node("Relu", [graph.node("Add", [shortcut(graph, layer, x), value])]);
}

/** Maps that are pooled have even sides, so that the pool leaves nothing over. */
function shortcut(graph: OnnxGraph, { short, pooled }: ResNetVd["stages"][number][number], x: string): string {
  if (short === undefined) return x;
  return convNorm(graph, short, pooled ? pool(graph, "AveragePool", x, { kernel: [2, 2] }) : x);
}
