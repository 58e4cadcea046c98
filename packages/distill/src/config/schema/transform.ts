import { z } from "zod";
import { integer, number, oneKey, type Schema, section } from "./build.js";
import { type DetectionTransformConfig, detectionSupplies, detectionTransforms } from "./detection-transform.js";

/** Reads and decodes the picture file (reference: `DecodeImage`). */
export interface DecodeImageConfig {
  name: "DecodeImage";
  imgMode: "BGR" | "RGB";
}

/** Joins the sample and others to one of several texts, at random (reference: `RecConAug`). */
export interface RecConAugConfig {
  name: "RecConAug";
  prob: number;
  /** The height of what is joined, and by width / height the widest proportion: [height, width, 3]. */
  imageShape: [number, number, 3];
  /** The longest text; Global's if undefined. */
  maxTextLength?: number;
  /** How many others at most. */
  extDataNum: number;
}

/** Changes pictures at random, each way with a probability of its own (reference: `RecAug`). */
export interface RecAugConfig {
  name: "RecAug";
  tiaProb: number;
  cropProb: number;
  reverseProb: number;
  noiseProb: number;
  jitterProb: number;
  blurProb: number;
  hsvAugProb: number;
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
  /** True lets the width grow with the picture. */
  evalMode: boolean;
}

/** As `RecResizeImg`, always to the same width (reference: `SVTRRecResizeImg`). */
export interface SvtrRecResizeImgConfig {
  name: "SVTRRecResizeImg";
  /** [3, height, width] */
  imageShape: [3, number, number];
  /** False squeezes the picture into the width instead. */
  padding: boolean;
}

/** Scales values and takes a mean and a deviation out of them (reference: `NormalizeImage`). */
export interface NormalizeImageConfig {
  name: "NormalizeImage";
  scale: number;
  /** By channel, as the pixels lie. */
  mean: readonly [number, number, number];
  std: readonly [number, number, number];
}

/** Puts the channels first (reference: `ToCHWImage`). */
export interface ToChwImageConfig {
  name: "ToCHWImage";
}

/** Which values make a batch, in this order (reference: `KeepKeys`). */
export interface KeepKeysConfig {
  name: "KeepKeys";
  keepKeys: readonly string[];
}

export type TransformConfig =
  | DecodeImageConfig
  | RecConAugConfig
  | RecAugConfig
  | LabelEncodeConfig
  | RecResizeImgConfig
  | SvtrRecResizeImgConfig
  | NormalizeImageConfig
  | ToChwImageConfig
  | DetectionTransformConfig
  | KeepKeysConfig;

const onlyFalse = z.literal(false, { error: "only false is supported" }).default(false);

const decodeImage = section({
  img_mode: z.enum(["BGR", "RGB"]).default("RGB"),
  channel_first: onlyFalse,
  ignore_orientation: onlyFalse,
}).transform((raw): DecodeImageConfig => ({ name: "DecodeImage", imgMode: raw.img_mode }));

const probability = number({ min: 0, max: 1 });

const recConAug = section({
  prob: probability.default(0.5),
  image_shape: z.tuple([integer(), integer(), z.literal(3)]).default([32, 320, 3]),
  max_text_length: integer().optional(),
  ext_data_num: integer().default(1),
}).transform(
  (raw): RecConAugConfig => ({
    name: "RecConAug",
    prob: raw.prob,
    imageShape: raw.image_shape,
    maxTextLength: raw.max_text_length,
    extDataNum: raw.ext_data_num,
  }),
);

const recAug = section({
  tia_prob: probability.default(0.4),
  crop_prob: probability.default(0.4),
  reverse_prob: probability.default(0.4),
  noise_prob: probability.default(0.4),
  jitter_prob: probability.default(0.4),
  blur_prob: probability.default(0.4),
  hsv_aug_prob: probability.default(0.4),
}).transform(
  (raw): RecAugConfig => ({
    name: "RecAug",
    tiaProb: raw.tia_prob,
    cropProb: raw.crop_prob,
    reverseProb: raw.reverse_prob,
    noiseProb: raw.noise_prob,
    jitterProb: raw.jitter_prob,
    blurProb: raw.blur_prob,
    hsvAugProb: raw.hsv_aug_prob,
  }),
);

const encode = (name: LabelEncodeConfig["name"]): Schema<LabelEncodeConfig> =>
  section({}).transform((): LabelEncodeConfig => ({ name }));

const multiLabelEncode = section({
  gtc_encode: z
    .literal("NRTRLabelEncode", { error: 'only "NRTRLabelEncode" is supported; without it there is a label for SAR' })
    .nullish(),
}).transform((raw): LabelEncodeConfig => ({ name: "MultiLabelEncode", gtcEncode: raw.gtc_encode ?? undefined }));
const pictureShape = z.tuple([z.literal(3), integer(), integer()]);

const recResizeImg = section({
  image_shape: pictureShape,
  padding: z.boolean().default(true),
  eval_mode: z.boolean().default(false),
}).transform(
  (raw): RecResizeImgConfig => ({
    name: "RecResizeImg",
    imageShape: raw.image_shape,
    padding: raw.padding,
    evalMode: raw.eval_mode,
  }),
);

const svtrRecResizeImg = section({
  image_shape: pictureShape,
  padding: z.boolean().default(true),
}).transform(
  (raw): SvtrRecResizeImgConfig => ({ name: "SVTRRecResizeImg", imageShape: raw.image_shape, padding: raw.padding }),
);

const channels = z.tuple([number(), number(), number()]);
const deviation = number({ above: 0 });

const normalizeImage = section({
  scale: number({ above: 0 }).default(1 / 255),
  mean: channels.default([0.485, 0.456, 0.406]),
  std: z.tuple([deviation, deviation, deviation]).default([0.229, 0.224, 0.225]),
  order: z.literal("hwc", { error: 'only "hwc" is supported: NormalizeImage comes before ToCHWImage' }),
}).transform(
  (raw): NormalizeImageConfig => ({ name: "NormalizeImage", scale: raw.scale, mean: raw.mean, std: raw.std }),
);

const keepKeys = section({ keep_keys: z.array(z.string()).min(1) }).transform(
  (raw): KeepKeysConfig => ({ name: "KeepKeys", keepKeys: raw.keep_keys }),
);

/** Every transform that a config can list. */
const transforms: Readonly<Record<TransformConfig["name"], Schema<TransformConfig>>> = {
  DecodeImage: decodeImage,
  RecConAug: recConAug,
  RecAug: recAug,
  CTCLabelEncode: encode("CTCLabelEncode"),
  SARLabelEncode: encode("SARLabelEncode"),
  MultiLabelEncode: multiLabelEncode,
  RecResizeImg: recResizeImg,
  SVTRRecResizeImg: svtrRecResizeImg,
  NormalizeImage: normalizeImage,
  ToCHWImage: section({}).transform((): ToChwImageConfig => ({ name: "ToCHWImage" })),
  ...detectionTransforms,
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
  RecConAug: [],
  RecAug: [],
  CTCLabelEncode: ["label", "length", "label_ace"],
  SARLabelEncode: ["label", "length"],
  [multi]: ["label_ctc", "label_sar", "length"],
  [multiNrtr]: ["label_ctc", "label_gtc", "length"],
  RecResizeImg: ["image", "valid_ratio"],
  SVTRRecResizeImg: ["image", "valid_ratio"],
  NormalizeImage: [],
  ToCHWImage: ["image"],
  ...detectionSupplies,
  KeepKeys: [],
};

/** Which value of a batch is read as the label of a head, by the transform that makes it; `SARLabelEncode`'s is not. */
export const labelKeys: readonly { maker: string; ctc?: string; sar?: string; nrtr?: string }[] = [
  { maker: multi, ctc: "label_ctc", sar: "label_sar" },
  { maker: multiNrtr, ctc: "label_ctc", nrtr: "label_gtc" },
  { maker: "CTCLabelEncode", ctc: "label" },
];

export const transform: Schema<TransformConfig> = oneKey("transform", transforms);
