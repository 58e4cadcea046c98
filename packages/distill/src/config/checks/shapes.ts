import type { NetworkConfig } from "../schema/architecture.js";
import type { BackboneConfig } from "../schema/backbone.js";
import type { AdapterConfig, FeatureName } from "../schema/loss.js";
import type { NeckConfig } from "../schema/neck.js";
import { partsOf, sarHeadOf } from "./networks.js";

/** A map without its batch: [channels, height, width]; or a sequence: [steps, width], "classes" being as wide as there are classes. */
export type FeatureShape = readonly (number | string)[];

/**
 * Shape of a backbone's map for a picture of this height and width (reference: `rec_mv1_enhance.py`): the stem and three
 * blocks halve the height (upwards), the stem halves the width, the last block strides, the pool divides (downwards).
 */
export function backboneShape(backbone: BackboneConfig, height: number, width: number): [number, number, number] {
  const up = (size: number, stride: number): number => Math.ceil(size / stride);
  const [strideH, strideW] = backbone.lastConvStride;
  const [poolH, poolW] = backbone.lastPoolType === "avg" ? backbone.lastPoolKernelSize : [2, 2];
  const rows = up(up(up(up(up(height, 2), 2), 2), 2), strideH);
  const columns = up(up(width, 2), strideW);
  return [Math.trunc(1024 * backbone.scale), Math.floor(rows / poolH), Math.floor(columns / poolW)];
}

function neckWidth(neck: NeckConfig, channels: number): number {
  if (neck.encoder === "svtr") return neck.dims;
  if (neck.encoder === "rnn") return 2 * neck.hiddenSize;
  return neck.encoder === "fc" ? neck.hiddenSize : channels;
}

/** The neck in front of a network's CTC head. */
export function ctcNeckOf(network: NetworkConfig): NeckConfig | undefined {
  return network.head.name === "MultiHead" ? network.head.ctc.neck : network.neck;
}

/** Shape of a feature in training, for a picture of this height and width; undefined where the network lacks it. */
export function featureShape(
  network: NetworkConfig,
  feature: FeatureName,
  height: number,
  width: number,
): FeatureShape | undefined {
  const map = backboneShape(network.backbone, height, width);
  if (feature === "backbone_out") return map;
  const neck = ctcNeckOf(network);
  if (feature === "neck_out") return neck && [map[2], neckWidth(neck, map[0])];
  const part = feature === "head_out" ? partsOf(network)[0] : feature.slice("head_out.".length);
  if (part === "ctc") return [map[2], "classes"];
  const sar = sarHeadOf(network);
  return sar && [sar.maxTextLength, "classes"];
}

/** Whether an adapter can bring a student's feature into the teacher's shape. */
export function adapterFits(type: AdapterConfig["type"], student: FeatureShape, teacher: FeatureShape): boolean {
  if (student.length !== teacher.length) return false;
  const isMap = student.length === 3;
  const sameSize = isMap ? student[1] === teacher[1] && student[2] === teacher[2] : student[0] === teacher[0];
  if (type === "resize") return isMap ? student[0] === teacher[0] : student[1] === teacher[1];
  return sameSize && isMap === (type === "conv1x1");
}
