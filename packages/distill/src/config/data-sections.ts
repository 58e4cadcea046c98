import type {
  DataSetConfig,
  LoaderConfig as LoaderSection,
  SamplerConfig as SamplerSection,
  TransformConfig as TransformEntry,
} from "@retort/ocr-models/data";
import type { DataConfig } from "./schema/data.js";
import type { DetectionTransformConfig, DetResizeForTestConfig } from "./schema/detection-transform.js";
import type { SamplerConfig } from "./schema/sampler.js";
import type { RecAugConfig, RecConAugConfig, TransformConfig } from "./schema/transform.js";

function entry(transform: TransformConfig): TransformEntry {
  switch (transform.name) {
    case "DecodeImage":
      return { DecodeImage: { img_mode: transform.imgMode } };
    case "MultiLabelEncode":
      return { MultiLabelEncode: transform.gtcEncode === undefined ? null : { gtc_encode: transform.gtcEncode } };
    case "RecConAug":
      return { RecConAug: recConAug(transform) };
    case "RecAug":
      return { RecAug: recAug(transform) };
    case "RecResizeImg": {
      const { imageShape, padding, evalMode } = transform;
      return { RecResizeImg: { image_shape: imageShape, padding, eval_mode: evalMode } };
    }
    case "SVTRRecResizeImg":
      return { SVTRRecResizeImg: { image_shape: transform.imageShape, padding: transform.padding } };
    case "NormalizeImage": {
      const { scale, mean, std } = transform;
      return { NormalizeImage: { scale, mean, std, order: "hwc" } };
    }
    case "KeepKeys":
      return { KeepKeys: { keep_keys: transform.keepKeys } };
    case "CTCLabelEncode":
    case "SARLabelEncode":
    case "ToCHWImage":
      return { [transform.name]: null };
    default:
      return { [transform.name]: detection(transform) };
  }
}

function detection(transform: DetectionTransformConfig): TransformEntry[string] {
  switch (transform.name) {
    case "DetLabelEncode":
      return null;
    case "CopyPaste":
      return { objects_paste_ratio: transform.objectsPasteRatio, limit_paste: transform.limitPaste };
    case "IaaAugment":
      return { augmenter_args: transform.augmenters };
    case "EastRandomCropData": {
      const { size, maxTries, minCropSideRatio, keepRatio } = transform;
      return { size, max_tries: maxTries, min_crop_side_ratio: minCropSideRatio, keep_ratio: keepRatio };
    }
    case "MakeBorderMap": {
      const { shrinkRatio, threshMin, threshMax, totalEpoch } = transform;
      return { shrink_ratio: shrinkRatio, thresh_min: threshMin, thresh_max: threshMax, total_epoch: totalEpoch };
    }
    case "MakeShrinkMap": {
      const { shrinkRatio, minTextSize, totalEpoch } = transform;
      return { shrink_ratio: shrinkRatio, min_text_size: minTextSize, total_epoch: totalEpoch };
    }
    case "DetResizeForTest":
      return detResizeForTest(transform);
  }
}

function detResizeForTest(transform: DetResizeForTestConfig): TransformEntry[string] {
  return {
    limit_side_len: transform.limitSideLen,
    limit_type: transform.limitType,
    max_side_limit: transform.maxSideLimit,
    resize_long: transform.resizeLong,
    image_shape: transform.imageShape,
    keep_ratio: transform.keepRatio,
  };
}

function recConAug({ prob, imageShape, maxTextLength, extDataNum }: RecConAugConfig): TransformEntry[string] {
  return { prob, image_shape: imageShape, max_text_length: maxTextLength, ext_data_num: extDataNum };
}

function recAug(transform: RecAugConfig): TransformEntry[string] {
  return {
    tia_prob: transform.tiaProb,
    crop_prob: transform.cropProb,
    reverse_prob: transform.reverseProb,
    noise_prob: transform.noiseProb,
    jitter_prob: transform.jitterProb,
    blur_prob: transform.blurProb,
    hsv_aug_prob: transform.hsvAugProb,
  };
}

function samplerSection(sampler: SamplerConfig): SamplerSection {
  return {
    name: sampler.name,
    scales: sampler.scales,
    first_bs: sampler.firstBatchSize,
    fix_bs: sampler.fixBatchSize,
    divided_factor: sampler.dividedFactor,
    is_training: sampler.isTraining,
    max_w: sampler.maxWidth,
  };
}

/** A checked `Train` or `Eval` section in the form in which `DataLoader` and the data sets take it. */
export function dataSections({ dataset, loader, sampler }: DataConfig): {
  dataset: DataSetConfig;
  loader: LoaderSection;
  sampler?: SamplerSection;
} {
  const listed = dataset.name !== "LMDBDataSet";
  return {
    dataset: {
      name: dataset.name,
      data_dir: dataset.dataDir,
      label_file_list: listed ? dataset.labelFiles : undefined,
      ratio_list: listed ? dataset.ratios : undefined,
      delimiter: dataset.delimiter,
      ext_op_transform_idx: dataset.extOpTransformIdx,
      ds_width: dataset.widthsFollow,
      transforms: dataset.transforms.map(entry),
    },
    loader: {
      batch_size_per_card: loader.batchSize,
      shuffle: loader.shuffle,
      drop_last: loader.dropLast,
      num_workers: loader.numWorkers,
    },
    sampler: sampler && samplerSection(sampler),
  };
}
