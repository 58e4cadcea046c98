import { z } from "zod";
import { type PPLCNetV3StagesConfig, pictureChannels, ppLcNetV3Keys } from "./backbone.js";
import { byName, integer, number, type Schema, section } from "./build.js";

/** ResNet_vd (reference: `backbones/det_resnet_vd.py`). */
export interface ResNetVdConfig {
  name: "ResNet_vd";
  layers: 18 | 34 | 50 | 101 | 152 | 200;
  /** True when the config says `ResNet`, which later became the name of another network. */
  nameAssumed: boolean;
}

/** MobileNetV3 for detection (reference: `backbones/det_mobilenet_v3.py`). */
export interface MobileNetV3Config {
  name: "MobileNetV3";
  modelName: "large" | "small";
  /** Factor on every number of channels. */
  scale: number;
  /** Leaves out squeeze and excitation. */
  disableSe: boolean;
}

/** PPLCNetV3 for detection (reference: `backbones/rec_lcnetv3.py` with `det: true`). */
export interface DetectionPPLCNetV3Config extends PPLCNetV3StagesConfig {
  name: "PPLCNetV3";
}

export type DetectionBackboneConfig = ResNetVdConfig | MobileNetV3Config | DetectionPPLCNetV3Config;

const resNet = (name: "ResNet" | "ResNet_vd"): Schema<ResNetVdConfig> =>
  section({
    name: z.literal(name),
    in_channels: pictureChannels,
    layers: z.literal([18, 34, 50, 101, 152, 200]).default(50),
    dcn_stage: z
      .array(z.literal(false, { error: "deformable convolutions are not supported; only false is" }))
      .nullish(),
  }).transform(
    (raw): ResNetVdConfig => ({ name: "ResNet_vd", layers: raw.layers, nameAssumed: raw.name === "ResNet" }),
  );

const mobileNetV3 = section({
  name: z.literal("MobileNetV3"),
  in_channels: pictureChannels,
  model_name: z.enum(["large", "small"]).default("large"),
  scale: number({ above: 0 }).default(0.5),
  disable_se: z.boolean().default(false),
}).transform(
  (raw): MobileNetV3Config => ({
    name: raw.name,
    modelName: raw.model_name,
    scale: raw.scale,
    disableSe: raw.disable_se,
  }),
);

const ppLcNetV3 = section({
  name: z.literal("PPLCNetV3"),
  in_channels: pictureChannels,
  ...ppLcNetV3Keys,
  det: z.literal(true, { error: "has to be true in a detection network" }),
}).transform(
  (raw): DetectionPPLCNetV3Config => ({
    name: raw.name,
    scale: raw.scale,
    convKxkNum: raw.conv_kxk_num,
    lrMultList: raw.lr_mult_list,
    labLr: raw.lab_lr,
  }),
);

/** Every backbone that a detection network can have. */
const backbones: Readonly<Record<string, Schema<DetectionBackboneConfig>>> = {
  MobileNetV3: mobileNetV3,
  PPLCNetV3: ppLcNetV3,
  ResNet: resNet("ResNet"),
  ResNet_vd: resNet("ResNet_vd"),
};

/** Backbones of the reference that are not here. */
const otherBackbones: Readonly<Record<string, string>> = {
  PPHGNet_small: "no recipe of distillation has it; a ResNet_vd of 50 layers teaches in all of them",
};

export const detectionBackbone: Schema<DetectionBackboneConfig> = byName("backbone", backbones, "name", otherBackbones);

/** The neck of PP-OCRv2 (reference: `necks/db_fpn.py DBFPN`). */
export interface DbFpnConfig {
  name: "DBFPN";
  /** Channels of the result. */
  outChannels: number;
}

/** The neck of PP-OCRv3's and v4's students (reference: `necks/db_fpn.py RSEFPN`). */
export interface RseFpnConfig {
  name: "RSEFPN";
  outChannels: number;
  /** Adds what goes into each squeeze and excitation to what comes out. */
  shortcut: boolean;
  /** Lets each level see its surroundings. */
  intracl: boolean;
}

/** The neck of PP-OCRv3's teacher (reference: `necks/db_fpn.py LKPAN`). */
export interface LkPanConfig {
  name: "LKPAN";
  outChannels: number;
  /** Whether large kernels are those of whole or of depthwise convolutions. */
  mode: "large" | "lite";
  intracl: boolean;
}

export type DetectionNeckConfig = DbFpnConfig | RseFpnConfig | LkPanConfig;

const outChannels = integer(8).refine((channels) => channels % 4 === 0, {
  error: "expected a multiple of 4: each of four levels gives a quarter",
});

/** Every neck that a detection network can have. */
const necks: { readonly [N in DetectionNeckConfig["name"]]: Schema<DetectionNeckConfig> } = {
  DBFPN: section({
    name: z.literal("DBFPN"),
    out_channels: outChannels,
    use_asf: z.literal(false, { error: "adaptive scale fusion is not supported; only false is" }).default(false),
  }).transform((raw) => ({ name: raw.name, outChannels: raw.out_channels })),
  RSEFPN: section({
    name: z.literal("RSEFPN"),
    out_channels: outChannels,
    shortcut: z.boolean().default(true),
    intracl: z.boolean().default(false),
  }).transform((raw) => ({
    name: raw.name,
    outChannels: raw.out_channels,
    shortcut: raw.shortcut,
    intracl: raw.intracl,
  })),
  LKPAN: section({
    name: z.literal("LKPAN"),
    out_channels: outChannels,
    mode: z.enum(["large", "lite"]).default("large"),
    intracl: z.boolean().default(false),
  }).transform((raw) => ({ name: raw.name, outChannels: raw.out_channels, mode: raw.mode, intracl: raw.intracl })),
};

export const detectionNeck: Schema<DetectionNeckConfig> = byName("neck", necks);

/** The DB head (reference: `heads/det_db_head.py`). */
export interface DbHeadConfig {
  name: "DBHead";
  /** How steeply the binary map passes from 0 to 1. */
  k: number;
  /** Kernels of a convolution and of two transposed ones. */
  kernelList: [number, 2, 2];
  /** Training puts 0 in place of NaN behind both normalizations. */
  fixNan: boolean;
}

const doubling = z.literal(2, { error: "only 2 is supported: maps have to be as large as the picture" });

/** Every head that a detection network can have. */
const heads: { readonly [N in DbHeadConfig["name"]]: Schema<DbHeadConfig> } = {
  DBHead: section({
    name: z.literal("DBHead"),
    k: number({ above: 0 }).default(50),
    kernel_list: z
      .tuple([
        integer().refine((kernel) => kernel % 2 === 1, { error: "expected an odd number, which keeps the size" }),
        doubling,
        doubling,
      ])
      .default([3, 2, 2]),
    fix_nan: z.boolean().default(false),
  }).transform((raw) => ({ name: raw.name, k: raw.k, kernelList: raw.kernel_list, fixNan: raw.fix_nan })),
};

/** Heads of the reference that are not here. */
const otherHeads: Readonly<Record<string, string>> = {
  PFHeadLocal: "no recipe of distillation has it; all have a DBHead",
};

export const detectionHead: Schema<DbHeadConfig> = byName("head", heads, "name", otherHeads);
