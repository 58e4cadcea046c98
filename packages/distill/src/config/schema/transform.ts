import { z } from "zod";
import { integer, oneKey, type Schema, section } from "./build.js";

/** Reads and decodes the picture file (reference: `DecodeImage`). */
export interface DecodeImageConfig {
  name: "DecodeImage";
  imgMode: "BGR" | "RGB";
}

/** Makes labels of the text (reference: `CTCLabelEncode`, `SARLabelEncode`, `MultiLabelEncode`). */
export interface LabelEncodeConfig {
  name: "CTCLabelEncode" | "SARLabelEncode" | "MultiLabelEncode";
}

/** Resizes to a height, keeping proportions, and pads to a width (reference: `RecResizeImg`). */
export interface RecResizeImgConfig {
  name: "RecResizeImg";
  /** [3, height, width] */
  imageShape: [3, number, number];
  /** False squeezes the picture into the width instead. */
  padding: boolean;
}

/** Which values make a batch, in this order (reference: `KeepKeys`). */
export interface KeepKeysConfig {
  name: "KeepKeys";
  keepKeys: readonly string[];
}

export type TransformConfig = DecodeImageConfig | LabelEncodeConfig | RecResizeImgConfig | KeepKeysConfig;

const onlyFalse = z.literal(false, { error: "only false is supported" }).default(false);

const decodeImage = section({
  img_mode: z.enum(["BGR", "RGB"]).default("RGB"),
  channel_first: onlyFalse,
  ignore_orientation: onlyFalse,
}).transform((raw): DecodeImageConfig => ({ name: "DecodeImage", imgMode: raw.img_mode }));

const encode = (name: LabelEncodeConfig["name"]): Schema<LabelEncodeConfig> =>
  section({}).transform((): LabelEncodeConfig => ({ name }));

const recResizeImg = section({
  image_shape: z.tuple([z.literal(3), integer(), integer()]),
  padding: z.boolean().default(true),
}).transform(
  (raw): RecResizeImgConfig => ({ name: "RecResizeImg", imageShape: raw.image_shape, padding: raw.padding }),
);

const keepKeys = section({ keep_keys: z.array(z.string()).min(1) }).transform(
  (raw): KeepKeysConfig => ({ name: "KeepKeys", keepKeys: raw.keep_keys }),
);

/** Every transform that a config can list. */
const transforms: Readonly<Record<TransformConfig["name"], Schema<TransformConfig>>> = {
  DecodeImage: decodeImage,
  CTCLabelEncode: encode("CTCLabelEncode"),
  SARLabelEncode: encode("SARLabelEncode"),
  MultiLabelEncode: encode("MultiLabelEncode"),
  RecResizeImg: recResizeImg,
  KeepKeys: keepKeys,
};

/** The values that each transform makes. */
export const supplies: Readonly<Record<TransformConfig["name"], readonly string[]>> = {
  DecodeImage: [],
  CTCLabelEncode: ["label", "length", "label_ace"],
  SARLabelEncode: ["label", "length"],
  MultiLabelEncode: ["label_ctc", "label_sar", "length"],
  RecResizeImg: ["image", "valid_ratio"],
  KeepKeys: [],
};

export const transform: Schema<TransformConfig> = oneKey("transform", transforms);
