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
  /** What MultiLabelEncode makes beside the label for CTC; without it SAR's. */
  gtcEncode?: "NRTRLabelEncode";
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

const multiLabelEncode = section({
  gtc_encode: z
    .literal("NRTRLabelEncode", { error: 'only "NRTRLabelEncode" is supported; without it there is a label for SAR' })
    .nullish(),
}).transform((raw): LabelEncodeConfig => ({ name: "MultiLabelEncode", gtcEncode: raw.gtc_encode ?? undefined }));

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
  MultiLabelEncode: multiLabelEncode,
  RecResizeImg: recResizeImg,
  KeepKeys: keepKeys,
};

const multi = "MultiLabelEncode";
const multiNrtr = "MultiLabelEncode (gtc_encode: NRTRLabelEncode)";

/** What a message calls a transform; one that makes other values by its options has another name for them. */
export function makerOf(transform: TransformConfig): string {
  return "gtcEncode" in transform && transform.gtcEncode !== undefined ? multiNrtr : transform.name;
}

/** The values that each transform makes, by `makerOf`. */
export const supplies: Readonly<Record<string, readonly string[]>> = {
  DecodeImage: [],
  CTCLabelEncode: ["label", "length", "label_ace"],
  SARLabelEncode: ["label", "length"],
  [multi]: ["label_ctc", "label_sar", "length"],
  [multiNrtr]: ["label_ctc", "label_gtc", "length"],
  RecResizeImg: ["image", "valid_ratio"],
  KeepKeys: [],
};

/** Which value holds the label of a head, by the transform that makes it. */
export const labelKeys: readonly { maker: string; ctc?: string; sar?: string; nrtr?: string }[] = [
  { maker: multi, ctc: "label_ctc", sar: "label_sar" },
  { maker: multiNrtr, ctc: "label_ctc", nrtr: "label_gtc" },
  { maker: "CTCLabelEncode", ctc: "label" },
  { maker: "SARLabelEncode", sar: "label" },
];

export const transform: Schema<TransformConfig> = oneKey("transform", transforms);
