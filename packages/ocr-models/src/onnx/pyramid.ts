import { Conv2d } from "@retort/autograd/nn";
import type { DsConv } from "../layers/ds-conv.js";
import { DbFpn, type DetectionNeck, type LkPan, RseFpn } from "../necks/index.js";
import type { IntraCl } from "../necks/intra-cl.js";
import type { IntraClNeck } from "../necks/intra-cl-neck.js";
import { convolution, convolutionNorm } from "./convolution.js";
import type { OnnxGraph } from "./graph.js";
import { squeezeExcitation } from "./squeeze-excitation.js";

/** Four maps, from large to small, as one. */
export function detectionNeck(graph: OnnxGraph, neck: DetectionNeck, maps: readonly string[]): string {
  if (neck instanceof DbFpn) return dbFpn(graph, neck, maps);
  if (neck instanceof RseFpn) return rseFpn(graph, neck, maps);
  return lkPan(graph, neck, maps);
}

function dbFpn(graph: OnnxGraph, { ins, outs }: DbFpn, maps: readonly string[]): string {
  const inner = topDown(
    graph,
    ins.map((layer, i) => convolution(graph, layer, maps[i])),
  );
  return joinLevels(
    graph,
    outs.map((layer, i) => convolution(graph, layer, inner[i])),
  );
}

function rseFpn(graph: OnnxGraph, neck: RseFpn, maps: readonly string[]): string {
  const inner = topDown(
    graph,
    neck.ins_conv.map((layer, i) => rseLayer(graph, layer, maps[i])),
  );
  const levels = neck.inp_conv.map((layer, i) => rseLayer(graph, layer, inner[i]));
  return joinLevels(graph, refined(graph, neck, levels));
}

function rseLayer(graph: OnnxGraph, layer: RseFpn["ins_conv"][number], x: string): string {
  const map = convolution(graph, layer.in_conv, x);
  const weighed = squeezeExcitation(graph, layer.se_block, map);
  return layer.shortcut ? graph.node("Add", [map, weighed]) : weighed;
}

function lkPan(graph: OnnxGraph, neck: LkPan, maps: readonly string[]): string {
  const { ins_conv, inp_conv, pan_head_conv, pan_lat_conv } = neck;
  const inner = topDown(
    graph,
    ins_conv.map((layer, i) => convolution(graph, layer, maps[i])),
  );
  const sums = inp_conv.map((layer, i) => wide(graph, layer, inner[i]));
  for (let i = 1; i < sums.length; i++) {
    sums[i] = graph.node("Add", [sums[i], convolution(graph, pan_head_conv[i - 1], sums[i - 1])]);
  }
  const levels = pan_lat_conv.map((layer, i) => wide(graph, layer, sums[i]));
  return joinLevels(graph, refined(graph, neck, levels));
}

/** A large kernel: whole, or at little cost. */
function wide(graph: OnnxGraph, layer: Conv2d | DsConv, x: string): string {
  if (layer instanceof Conv2d) return convolution(graph, layer, x);
  const { conv1, bn1, conv2, bn2, conv3, conv_end } = layer;
  const inner = convolutionNorm(graph, conv2, bn2, convolutionNorm(graph, conv1, bn1, x));
  const value = convolution(graph, conv3, inner);
  return conv_end === undefined ? value : graph.node("Add", [value, convolution(graph, conv_end, x)]);
}

/** Levels through the blocks that let them see their surroundings, where there are such. */
function refined(graph: OnnxGraph, neck: IntraClNeck, levels: readonly string[]): string[] {
  const blocks = [neck.incl1, neck.incl2, neck.incl3, neck.incl4];
  return levels.map((level, i) => {
    const block = blocks[i];
    return block === undefined ? level : intraCl(graph, block, level);
  });
}

function intraCl(graph: OnnxGraph, block: IntraCl, x: string): string {
  let inner = convolution(graph, block.conv1x1_reduce_channel, x);
  for (const layers of [
    [block.c_layer_7x7, block.v_layer_7x1, block.q_layer_1x7],
    [block.c_layer_5x5, block.v_layer_5x1, block.q_layer_1x5],
    [block.c_layer_3x3, block.v_layer_3x1, block.q_layer_1x3],
  ]) {
    const parts = layers.map((layer) => convolution(graph, layer, inner));
    inner = parts.reduce((sum, part) => graph.node("Add", [sum, part]));
  }
  return graph.node("Add", [x, convolutionNorm(graph, block.conv1x1_return_channel, block.bn, inner)]);
}

/** Adds to each level the sum of all smaller ones, enlarged. */
function topDown(graph: OnnxGraph, levels: readonly string[]): string[] {
  const sums = [...levels];
  for (let i = sums.length - 2; i >= 0; i--) sums[i] = graph.node("Add", [levels[i], enlarged(graph, sums[i + 1], 2)]);
  return sums;
}

/** All levels at the size of the largest, as channels of one map, the smallest first. */
function joinLevels(graph: OnnxGraph, levels: readonly string[]): string {
  const same = levels.map((level, i) => (i === 0 ? level : enlarged(graph, level, 2 ** i)));
  return graph.node("Concat", same.toReversed(), { axis: { int: 1 } });
}

/** Every element of a map repeated. */
function enlarged(graph: OnnxGraph, x: string, factor: number): string {
  return graph.node("Resize", [x, "", graph.numbers([1, 1, factor, factor])], {
    mode: { text: "nearest" },
    coordinate_transformation_mode: { text: "asymmetric" },
    nearest_mode: { text: "floor" },
  });
}
