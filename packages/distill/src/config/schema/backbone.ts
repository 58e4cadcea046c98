import { z } from "zod";
import { byName, integer, number, pair, type Schema, section } from "./build.js";

/** MobileNetV1Enhance (reference: `backbones/rec_mv1_enhance.py`); it always takes three channels. */
export interface MobileNetV1EnhanceConfig {
  name: "MobileNetV1Enhance";
  /** Factor on every number of channels. */
  scale: number;
  /** Stride [height, width] of the last block. */
  lastConvStride: [number, number];
  lastPoolType: "avg" | "max";
  /** Kernel and stride [height, width] of an average pool; a max pool is 2 by 2. */
  lastPoolKernelSize: [number, number];
  /** True when the config leaves `last_pool_kernel_size` out: its meaning changed in the reference in April 2023. */
  lastPoolKernelSizeAssumed: boolean;
}

/** What PPLCNetV3 has in recognition and in detection (reference: `backbones/rec_lcnetv3.py`). */
export interface PPLCNetV3StagesConfig {
  /** Factor on every number of channels. */
  scale: number;
  /** Number of parallel convolutions that train in place of one. */
  convKxkNum: number;
  /** Factors on the learning rates of the stem and of the five stages. */
  lrMultList: readonly number[];
  /** A further factor on those of scales and offsets. */
  labLr: number;
}

/** PPLCNetV3 for recognition; it always takes three channels. */
export interface PPLCNetV3Config extends PPLCNetV3StagesConfig {
  name: "PPLCNetV3";
  /**
   * Kernel and stride [height, width] of the pool at the end, which the reference does not have: it pools to 40 columns
   * in training and by [3, 2] in evaluation, the same only for pictures 320 wide.
   */
  lastPoolKernelSize?: [number, number];
}

/** The channels of pictures. */
export const pictureChannels: Schema<3> = z
  .literal(3, { error: "only 3 is supported: pictures have three channels" })
  .default(3);

const mobileNetV1Enhance = section({
  name: z.literal("MobileNetV1Enhance"),
  in_channels: pictureChannels,
  scale: number({ above: 0 }).default(0.5),
  last_conv_stride: pair.default([1, 1]),
  last_pool_type: z.enum(["avg", "max"]).default("max"),
  last_pool_kernel_size: pair.optional(),
}).transform(
  (raw): MobileNetV1EnhanceConfig => ({
    name: raw.name,
    scale: raw.scale,
    lastConvStride: raw.last_conv_stride,
    lastPoolType: raw.last_pool_type,
    lastPoolKernelSize: raw.last_pool_kernel_size ?? [2, 2],
    lastPoolKernelSizeAssumed: raw.last_pool_kernel_size === undefined,
  }),
);

const factor = number({ min: 0 });

/** The keys of PPLCNetV3 in recognition and in detection. */
export const ppLcNetV3Keys: {
  scale: Schema<number>;
  conv_kxk_num: Schema<number>;
  lr_mult_list: Schema<number[]>;
  lab_lr: Schema<number>;
} = {
  scale: number({ above: 0 }).default(1),
  conv_kxk_num: integer().default(4),
  lr_mult_list: z.array(factor).length(6).default([1, 1, 1, 1, 1, 1]),
  lab_lr: factor.default(0.1),
};

const ppLcNetV3 = section({
  name: z.literal("PPLCNetV3"),
  in_channels: pictureChannels,
  ...ppLcNetV3Keys,
  last_pool_kernel_size: pair.optional(),
  det: z.literal(false, { error: "only false is supported in a recognition network" }).default(false),
}).transform(
  (raw): PPLCNetV3Config => ({
    name: raw.name,
    scale: raw.scale,
    convKxkNum: raw.conv_kxk_num,
    lrMultList: raw.lr_mult_list,
    labLr: raw.lab_lr,
    lastPoolKernelSize: raw.last_pool_kernel_size,
  }),
);

export type BackboneConfig = MobileNetV1EnhanceConfig | PPLCNetV3Config;

/** Every backbone that a recognition network can have. */
const backbones: { readonly [N in BackboneConfig["name"]]: Schema<BackboneConfig> } = {
  MobileNetV1Enhance: mobileNetV1Enhance,
  PPLCNetV3: ppLcNetV3,
};

/** Backbones of the reference that are not here. */
const elsewhere: Readonly<Record<string, string>> = {
  SVTRNet: "it gives tokens, and the heads here read maps; a PPLCNetV3 of a larger scale can teach in its place",
  repvit_svtr: "the reference has none of this name either",
};

export const backbone: Schema<BackboneConfig> = byName("backbone", backbones, "name", elsewhere);
