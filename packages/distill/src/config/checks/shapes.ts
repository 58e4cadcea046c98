import { type FeatureName, ppLcNetV3Channels } from "@retort/ocr-models";
import type { DetectionNetworkConfig, NetworkConfig, RecognitionNetworkConfig } from "../schema/architecture.js";
import type { BackboneConfig, MobileNetV1EnhanceConfig, PPLCNetV3Config } from "../schema/backbone.js";
import type { AdapterConfig } from "../schema/loss.js";
import type { NeckConfig } from "../schema/neck.js";
import { partsOf, writerOf } from "./networks.js";

/** A map without its batch: [channels, height, width]; or a sequence: [steps, width], "classes" being as wide as there are classes. */
export type FeatureShape = readonly (number | string)[];

/** [channels, height, width] of a map. */
type MapShape = [number, number, number];

const up = (size: number, stride: number): number => Math.ceil(size / stride);
const halved = (size: number, times: number): number => (times === 0 ? size : halved(up(size, 2), times - 1));

/** The stem and three blocks halve the height, the stem the width, the last block strides, the pool divides. */
function mobileNetShape(backbone: MobileNetV1EnhanceConfig, height: number, width: number): MapShape {
  const [strideH, strideW] = backbone.lastConvStride;
  const [poolH, poolW] = backbone.lastPoolType === "avg" ? backbone.lastPoolKernelSize : [2, 2];
  const rows = up(halved(height, 4), strideH);
  const columns = up(halved(width, 1), strideW);
  return [Math.trunc(1024 * backbone.scale), Math.floor(rows / poolH), Math.floor(columns / poolW)];
}

/** Columns that PPLCNetV3 makes in training where its config names no pool. */
const trainingColumns = 40;

/** The stem and three blocks halve the height, the stem and one block the width, the pool divides. */
function lcNetShape(backbone: PPLCNetV3Config, height: number, width: number, training: boolean): MapShape {
  const channels = ppLcNetV3Channels(512 * backbone.scale);
  if (training && backbone.lastPoolKernelSize === undefined) return [channels, 1, trainingColumns];
  const [poolH, poolW] = backbone.lastPoolKernelSize ?? [3, 2];
  return [channels, Math.floor(halved(height, 4) / poolH), Math.floor(halved(width, 2) / poolW)];
}

/**
 * Shape of a backbone's map for a picture of this height and width (reference: `rec_mv1_enhance.py`, `rec_lcnetv3.py`),
 * in training or in evaluation. Convolutions round upwards, pools downwards.
 */
export function backboneShape(backbone: BackboneConfig, height: number, width: number, training = true): MapShape {
  if (backbone.name === "PPLCNetV3") return lcNetShape(backbone, height, width, training);
  return mobileNetShape(backbone, height, width);
}

/**
 * Of how many columns PPLCNetV3 makes each one of its 40 in training, where evaluation always makes one of 2; undefined
 * where both are the same, as in every other backbone.
 */
export function otherPoolInTraining(backbone: BackboneConfig, width: number): number | undefined {
  if (backbone.name !== "PPLCNetV3" || backbone.lastPoolKernelSize !== undefined) return undefined;
  const columns = halved(width, 2) / trainingColumns;
  return columns === 2 ? undefined : columns;
}

function neckWidth(neck: NeckConfig, channels: number): number {
  if (neck.encoder === "svtr") return neck.dims;
  if (neck.encoder === "rnn") return 2 * neck.hiddenSize;
  return neck.encoder === "fc" ? neck.hiddenSize : channels;
}

/** The neck in front of a network's CTC head. */
export function ctcNeckOf(network: RecognitionNetworkConfig): NeckConfig | undefined {
  return network.head.name === "MultiHead" ? network.head.ctc.neck : network.neck;
}

function detectionShape(
  { neck }: DetectionNetworkConfig,
  feature: FeatureName,
  height: number,
  width: number,
): FeatureShape | undefined {
  if (feature === "maps") return [3, height, width];
  return feature === "neck_out" ? [neck.outChannels, height / 4, width / 4] : undefined;
}

/** Shape of a feature in training, for a picture of this height and width; undefined where the network lacks it. */
export function featureShape(
  network: NetworkConfig,
  feature: FeatureName,
  height: number,
  width: number,
): FeatureShape | undefined {
  if (network.modelType === "det") return detectionShape(network, feature, height, width);
  if (feature === "maps") return undefined;
  const map = backboneShape(network.backbone, height, width);
  if (feature === "backbone_out") return map;
  const neck = ctcNeckOf(network);
  if (feature === "neck_out") return neck && [map[2], neckWidth(neck, map[0])];
  const part = feature === "head_out" ? partsOf(network)[0] : feature.slice("head_out.".length);
  if (part === "ctc") return [map[2], "classes"];
  // NRTR writes as many characters as the longest text of a batch has, and its end.
  if (part === "nrtr") return ["characters", "classes"];
  const writer = writerOf(network);
  return writer && [writer.maxTextLength, "classes"];
}

/** Whether an adapter can bring a student's feature into the teacher's shape. */
export function adapterFits(type: AdapterConfig["type"], student: FeatureShape, teacher: FeatureShape): boolean {
  if (student.length !== teacher.length) return false;
  const isMap = student.length === 3;
  const sameSize = isMap ? student[1] === teacher[1] && student[2] === teacher[2] : student[0] === teacher[0];
  if (type === "resize") return isMap ? student[0] === teacher[0] : student[1] === teacher[1];
  return sameSize && isMap === (type === "conv1x1");
}
