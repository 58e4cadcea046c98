import { z } from "zod";
import { type AugmenterConfig, augmenter } from "./augmenter.js";
import { integer, number, type Schema, section } from "./build.js";

/** Reads the regions of a label (reference: `DetLabelEncode`). */
export interface DetLabelEncodeConfig {
  name: "DetLabelEncode";
}

/** Copies regions of another picture into this one (reference: `CopyPaste`). */
export interface CopyPasteConfig {
  name: "CopyPaste";
  /** The share of the other picture's regions that is copied. */
  objectsPasteRatio: number;
  /** Whether a copy must not cover other regions. */
  limitPaste: boolean;
}

/** Changes picture and regions at random (reference: `IaaAugment`). */
export interface IaaAugmentConfig {
  name: "IaaAugment";
  augmenters: readonly AugmenterConfig[];
}

/** Takes a part of the picture, at random, and brings it to a size (reference: `EastRandomCropData`). */
export interface EastRandomCropDataConfig {
  name: "EastRandomCropData";
  /** [width, height] */
  size: [number, number];
  maxTries: number;
  minCropSideRatio: number;
  /** False fills the size whatever the part's proportions. */
  keepRatio: boolean;
}

/** Makes the threshold map (reference: `MakeBorderMap`). */
export interface MakeBorderMapConfig {
  name: "MakeBorderMap";
  shrinkRatio: number;
  threshMin: number;
  threshMax: number;
  /** The ratio grows by 0.2 in so many epochs. */
  totalEpoch?: number;
}

/** Makes the shrink map (reference: `MakeShrinkMap`). */
export interface MakeShrinkMapConfig {
  name: "MakeShrinkMap";
  shrinkRatio: number;
  /** Lower or narrower regions are ignored. */
  minTextSize: number;
  /** The ratio grows by 0.2 in so many epochs. */
  totalEpoch?: number;
}

/** Brings pictures of evaluation to a size that networks can halve (reference: `DetResizeForTest`). */
export interface DetResizeForTestConfig {
  name: "DetResizeForTest";
  limitSideLen?: number;
  limitType?: "min" | "max" | "resize_long";
  maxSideLimit?: number;
  resizeLong?: number;
  /** [height, width] */
  imageShape?: [number, number];
  keepRatio?: boolean;
}

/** The transforms of detection alone. */
export type DetectionTransformConfig =
  | DetLabelEncodeConfig
  | CopyPasteConfig
  | IaaAugmentConfig
  | EastRandomCropDataConfig
  | MakeBorderMapConfig
  | MakeShrinkMapConfig
  | DetResizeForTestConfig;

const share = number({ min: 0, max: 1 });
const ratio = number({ above: 0 }).refine((value) => value < 1, { error: "expected a number below 1" });

const copyPaste = section({
  objects_paste_ratio: share.default(0.2),
  limit_paste: z.boolean().default(true),
}).transform(
  (raw): CopyPasteConfig => ({
    name: "CopyPaste",
    objectsPasteRatio: raw.objects_paste_ratio,
    limitPaste: raw.limit_paste,
  }),
);

/** What the reference does where a config names nothing. */
const usual: readonly AugmenterConfig[] = [
  { type: "Fliplr", args: { p: 0.5 } },
  { type: "Affine", args: { rotate: [-10, 10] } },
  { type: "Resize", args: { size: [0.5, 3] } },
];

const iaaAugment = section({ augmenter_args: z.array(augmenter).nullish() }).transform(
  (raw): IaaAugmentConfig => ({ name: "IaaAugment", augmenters: raw.augmenter_args ?? usual }),
);

const eastRandomCropData = section({
  size: z.tuple([integer(), integer()]).default([640, 640]),
  max_tries: integer().default(10),
  min_crop_side_ratio: share.default(0.1),
  keep_ratio: z.boolean().default(true),
}).transform(
  (raw): EastRandomCropDataConfig => ({
    name: "EastRandomCropData",
    size: raw.size,
    maxTries: raw.max_tries,
    minCropSideRatio: raw.min_crop_side_ratio,
    keepRatio: raw.keep_ratio,
  }),
);

const makeBorderMap = section({
  shrink_ratio: ratio.default(0.4),
  thresh_min: share.default(0.3),
  thresh_max: share.default(0.7),
  total_epoch: integer().optional(),
})
  .refine((raw) => raw.thresh_min < raw.thresh_max, { path: ["thresh_max"], error: "has to be above thresh_min" })
  .transform(
    (raw): MakeBorderMapConfig => ({
      name: "MakeBorderMap",
      shrinkRatio: raw.shrink_ratio,
      threshMin: raw.thresh_min,
      threshMax: raw.thresh_max,
      totalEpoch: raw.total_epoch,
    }),
  );

const makeShrinkMap = section({
  shrink_ratio: ratio.default(0.4),
  min_text_size: integer().default(8),
  total_epoch: integer().optional(),
}).transform(
  (raw): MakeShrinkMapConfig => ({
    name: "MakeShrinkMap",
    shrinkRatio: raw.shrink_ratio,
    minTextSize: raw.min_text_size,
    totalEpoch: raw.total_epoch,
  }),
);

/** The keys of each way to resize: those of two ways do not go together. */
const ways = [
  ["image_shape", "keep_ratio"],
  ["resize_long"],
  ["limit_side_len", "limit_type", "max_side_limit"],
] as const;

const detResizeForTest = section({
  limit_side_len: integer().optional(),
  limit_type: z.enum(["min", "max", "resize_long"]).optional(),
  max_side_limit: integer().optional(),
  resize_long: integer().optional(),
  image_shape: z.tuple([integer(), integer()]).optional(),
  keep_ratio: z.boolean().optional(),
})
  .refine((raw) => ways.filter((keys) => keys.some((key) => raw[key] !== undefined)).length <= 1, {
    error: "says more than one way of resizing: image_shape, resize_long and limit_side_len exclude each other",
  })
  .refine((raw) => raw.keep_ratio === undefined || raw.image_shape !== undefined, {
    path: ["keep_ratio"],
    error: "belongs to image_shape, which is missing",
  })
  .transform(
    (raw): DetResizeForTestConfig => ({
      name: "DetResizeForTest",
      limitSideLen: raw.limit_side_len,
      limitType: raw.limit_type,
      maxSideLimit: raw.max_side_limit,
      resizeLong: raw.resize_long,
      imageShape: raw.image_shape,
      keepRatio: raw.keep_ratio,
    }),
  );

/** Every transform that detection alone has. */
export const detectionTransforms: Readonly<Record<DetectionTransformConfig["name"], Schema<DetectionTransformConfig>>> =
  {
    DetLabelEncode: section({}).transform((): DetLabelEncodeConfig => ({ name: "DetLabelEncode" })),
    CopyPaste: copyPaste,
    IaaAugment: iaaAugment,
    EastRandomCropData: eastRandomCropData,
    MakeBorderMap: makeBorderMap,
    MakeShrinkMap: makeShrinkMap,
    DetResizeForTest: detResizeForTest,
  };

/** The values that each of them makes. */
export const detectionSupplies: Readonly<Record<DetectionTransformConfig["name"], readonly string[]>> = {
  DetLabelEncode: ["polys", "ignore_tags"],
  CopyPaste: [],
  IaaAugment: [],
  EastRandomCropData: [],
  MakeBorderMap: ["threshold_map", "threshold_mask"],
  MakeShrinkMap: ["shrink_map", "shrink_mask"],
  DetResizeForTest: ["shape"],
};
