import { z } from "zod";
import { byName, number, pair, type Schema, section } from "./build.js";

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

const mobileNetV1Enhance = section({
  name: z.literal("MobileNetV1Enhance"),
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

/** Every backbone that a config can name. */
const backbones: { MobileNetV1Enhance: Schema<MobileNetV1EnhanceConfig> } = {
  MobileNetV1Enhance: mobileNetV1Enhance,
};

export type BackboneConfig = MobileNetV1EnhanceConfig;

export const backbone: Schema<BackboneConfig> = byName("backbone", backbones);
