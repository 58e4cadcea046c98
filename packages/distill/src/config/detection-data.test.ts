import { dictionaryOf } from "@retort/ocr-models";
import { makePipeline } from "@retort/ocr-models/data";
import { describe, expect, test } from "vitest";
import { checkAugmentation } from "./checks/augmentation.js";
import { checkTransforms } from "./checks/data.js";
import { checkDetectionPictures, checkRegions } from "./checks/detection-data.js";
import { batchSizes } from "./checks/picture-sizes.js";
import { dataSections } from "./data-sections.js";
import { Collected } from "./problems.js";
import { check } from "./schema/build.js";
import { type DataConfig, data } from "./schema/data.js";

/** [height, width] of every picture, or nothing where they differ. */
const sizesOf = (config: DataConfig): number[][] => batchSizes(config).map(({ height, width }) => [height, width]);

const decode = { DecodeImage: { img_mode: "BGR", channel_first: false } };
const read = { DetLabelEncode: null };
const crop = { EastRandomCropData: { size: [960, 640], max_tries: 50, keep_ratio: true } };
const border = { MakeBorderMap: { shrink_ratio: 0.4, thresh_min: 0.3, thresh_max: 0.7, total_epoch: 500 } };
const shrink = { MakeShrinkMap: { shrink_ratio: 0.4, min_text_size: 8, total_epoch: 500 } };
const normal = {
  NormalizeImage: { scale: "1./255.", mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], order: "hwc" },
};
const first = { ToCHWImage: null };
const keep = { KeepKeys: { keep_keys: ["image", "threshold_map", "threshold_mask", "shrink_map", "shrink_mask"] } };
const iaa = {
  IaaAugment: {
    augmenter_args: [
      { type: "Fliplr", args: { p: 0.5 } },
      { type: "Affine", args: { rotate: [-10, 10] } },
      { type: "Resize", args: { size: [0.5, 3] } },
    ],
  },
};

const section = (transforms: unknown[], more = {}): unknown => ({
  dataset: { name: "SimpleDataSet", data_dir: "d", label_file_list: ["l.txt"], transforms, ...more },
  loader: { shuffle: true, batch_size_per_card: 8, drop_last: false, num_workers: 0 },
});

function parse(transforms: unknown[], more = {}): DataConfig {
  const result = check(data, section(transforms, more));
  if (!result.success)
    throw new Error(result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "));
  return result.data;
}

const training = [decode, read, { CopyPaste: null }, iaa, crop, border, shrink, normal, first, keep];

test("the reference's transforms of training reach the data pipeline with their defaults", () => {
  const config = parse(training);
  expect(dataSections(config).dataset.transforms).toEqual([
    { DecodeImage: { img_mode: "BGR" } },
    { DetLabelEncode: null },
    { CopyPaste: { objects_paste_ratio: 0.2, limit_paste: true } },
    iaa,
    { EastRandomCropData: { size: [960, 640], max_tries: 50, min_crop_side_ratio: 0.1, keep_ratio: true } },
    border,
    shrink,
    { NormalizeImage: { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], order: "hwc" } },
    { ToCHWImage: null },
    keep,
  ]);
  expect(sizesOf(config)).toEqual([[640, 960]]);
  const setup = { dictionary: dictionaryOf("abc"), maxTextLength: 25 };
  expect(makePipeline(dataSections(config).dataset.transforms, setup).takesFurtherAt).toBe(2);
  expect(dataSections(parse([decode, read, { IaaAugment: null }, keep])).dataset.transforms[2]).toEqual(iaa);
});

test("three augmenters have names of albumentations too, half of the time where it is not said how often", () => {
  const named = (augmenter_args: unknown): unknown =>
    dataSections(parse([decode, read, { IaaAugment: { augmenter_args } }, keep])).dataset.transforms[2];
  const flips = ["HorizontalFlip", "VerticalFlip"].map((type) => ({ type }));
  const scales = [{ scale_limit: [0.5, 3] }, { scale_limit: 0.5, p: 0.2 }].map((args) => ({
    type: "RandomScale",
    args,
  }));
  expect(named([...flips, ...scales])).toEqual({
    IaaAugment: {
      augmenter_args: [
        { type: "Fliplr", args: { p: 0.5 } },
        { type: "Flipud", args: { p: 0.5 } },
        { type: "Resize", args: { size: [1.5, 4], p: 0.5 } },
        { type: "Resize", args: { size: [0.5, 1.5], p: 0.2 } },
      ],
    },
  });
});

test("every augmenter and every way to resize", () => {
  const args = [
    { type: "Flipud", args: {} },
    { type: "Affine", args: { rotate: 5, scale: [0.5, 2], shear: [-5, 5], translate_percent: [-0.1, 0.1] } },
    { type: "GaussianBlur", args: { sigma: [0, 2], p: 0.2 } },
    { type: "AdditiveGaussianNoise", args: { scale: 10, p: 0.5 } },
    { type: "Multiply", args: { mul: [0.8, 1.2] } },
    { type: "LinearContrast", args: { alpha: [0.5, 1.5] } },
  ];
  const setup = { dictionary: dictionaryOf("abc"), maxTextLength: 25 };
  for (const way of [
    {},
    { limit_side_len: 960, limit_type: "max", max_side_limit: 4000 },
    { resize_long: 960 },
    { image_shape: [736, 1280], keep_ratio: true },
  ]) {
    const keys = { KeepKeys: { keep_keys: ["image", "shape", "polys", "ignore_tags"] } };
    const config = parse([
      decode,
      read,
      { IaaAugment: { augmenter_args: args } },
      { DetResizeForTest: way },
      normal,
      first,
      keys,
    ]);
    const { transforms } = dataSections(config).dataset;
    expect(transforms[2]).toEqual({ IaaAugment: { augmenter_args: args } });
    expect(transforms[3]).toMatchObject({ DetResizeForTest: way });
    expect(makePipeline(transforms, setup)).toBeTypeOf("object");
  }
  expect(sizesOf(parse([{ DetResizeForTest: { image_shape: [736, 1280] } }]))).toEqual([[736, 1280]]);
  expect(sizesOf(parse([{ DetResizeForTest: { image_shape: [736, 1280], keep_ratio: true } }]))).toEqual([]);
  expect(sizesOf(parse([{ DetResizeForTest: null }]))).toEqual([]);
});

describe("values that are wrong", () => {
  const one = (augmenter: unknown): object => ({ IaaAugment: { augmenter_args: [augmenter] } });
  test.each<[object, RegExp]>([
    [{ CopyPaste: { objects_paste_ratio: 2 } }, /objects_paste_ratio: expected at most 1/],
    [{ EastRandomCropData: { size: 640 } }, /size: expected a list/],
    [{ EastRandomCropData: { max_try: 5 } }, /unknown key; did you mean "max_tries"/],
    [{ MakeBorderMap: { thresh_min: 0.8 } }, /thresh_max: has to be above thresh_min/],
    [{ MakeShrinkMap: { shrink_ratio: 1 } }, /shrink_ratio: expected a number below 1/],
    [{ MakeShrinkMap: { shrink_ratio: 0 } }, /shrink_ratio: expected more than 0/],
    [{ DetResizeForTest: { limit_type: "mean" } }, /limit_type: expected one of "min", "max", "resize_long"/],
    [{ DetResizeForTest: { resize_long: 9, limit_side_len: 9 } }, /says more than one way of resizing/],
    [{ DetResizeForTest: { keep_ratio: true } }, /keep_ratio: belongs to image_shape/],
    [{ NormalizeImage: { order: "chw" } }, /only "hwc" is supported/],
    [one({ type: "Fliplr", args: { p: 2 } }), /args\.p: expected at most 1/],
    [one({ type: "Flplr", args: {} }), /type: unknown augmenter.*did you mean "Fliplr"/],
    [one({ type: "Resize", args: null }), /args\.size: /],
    [one({ type: "Affine", args: { rotate: [5, -5] } }), /rotate: the least comes first/],
    [one({ type: "Affine", args: { rotation: 5 } }), /unknown key; did you mean "rotate"/],
  ])("%j", (transform, message) => expect(() => parse([decode, read, transform, keep])).toThrow(message));
});

describe("lists that are wrong", () => {
  const problems = (transforms: unknown[], more = {}): string[] => {
    const config = parse(transforms, more);
    const findings = new Collected(() => "c.yml");
    checkTransforms("Train", config, findings);
    checkRegions("Train", config, findings);
    checkAugmentation("Train", config, findings);
    checkDetectionPictures("Train", config, sizesOf(config).length > 0, findings);
    return findings.problems.map(({ path, message }) => `${path}: ${message}`);
  };
  const at = "Train.dataset.transforms";

  test("that of the reference is right", () => expect(problems(training)).toEqual([]));
  test.each<[string, unknown[], object, RegExp]>([
    [
      "no DetLabelEncode",
      [decode, crop, border, shrink, normal, first, keep],
      {},
      /\[1\]\.EastRandomCropData: DetLabelEncode has to stand before it: it cuts between the regions/,
    ],
    [
      "maps before the crop",
      [decode, read, border, crop, shrink, normal, first, keep],
      {},
      /changes what MakeBorderMap reads/,
    ],
    [
      "a map missing",
      [decode, read, crop, border, normal, first, keep],
      {},
      /"shrink_map"; MakeShrinkMap would make it/,
    ],
    [
      "no NormalizeImage",
      [decode, read, crop, border, shrink, first, keep],
      {},
      /ToCHWImage: NormalizeImage has to stand before it/,
    ],
    [
      "no crop",
      [decode, read, border, shrink, normal, first, keep],
      {},
      /nothing brings the pictures to a size.*EastRandomCropData does/,
    ],
    [
      "pictures of several sizes",
      [decode, read, border, shrink, { DetResizeForTest: null }, normal, first, keep],
      {},
      /pictures differ in size, so batch_size_per_card has to be 1/,
    ],
    [
      "maps after DetResizeForTest",
      [decode, read, crop, { DetResizeForTest: null }, border, shrink, normal, first, keep],
      {},
      /MakeBorderMap: DetResizeForTest leaves regions as they are/,
    ],
    [
      "copying from samples whose labels are not read",
      training,
      { ext_op_transform_idx: 1 },
      /ext_op_transform_idx: expected at least 2 and at most 2, the number of transforms before CopyPaste/,
    ],
  ])("%s", (_, transforms, more, message) => {
    const found = problems(transforms, more);
    expect(
      found.filter((line) => message.test(line)),
      found.join("\n"),
    ).toHaveLength(1);
    expect(found.every((line) => line.startsWith(at) || line.startsWith("Train.dataset.ext"))).toBe(true);
  });

  test("changing pictures at random in evaluation is worth a warning", () => {
    const findings = new Collected(() => "c.yml");
    checkAugmentation("Eval", parse(training), findings);
    expect(findings.warnings.map((line) => line.replace(/: changes.*/, ""))).toEqual(
      [2, 3, 4].map(
        (i) => `c.yml: Eval.dataset.transforms[${i}].${["CopyPaste", "IaaAugment", "EastRandomCropData"][i - 2]}`,
      ),
    );
  });
});
