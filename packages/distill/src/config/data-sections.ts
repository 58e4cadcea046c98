import type {
  DataSetConfig,
  LoaderConfig as LoaderSection,
  TransformConfig as TransformEntry,
} from "@retort/ocr-models/data";
import type { DataConfig } from "./schema/data.js";
import type { RecAugConfig, RecConAugConfig, TransformConfig } from "./schema/transform.js";

function entry(transform: TransformConfig): TransformEntry {
  switch (transform.name) {
    case "DecodeImage":
      return { DecodeImage: { img_mode: transform.imgMode } };
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
    case "KeepKeys":
      return { KeepKeys: { keep_keys: transform.keepKeys } };
    default:
      return { [transform.name]: null };
  }
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

/** A checked `Train` or `Eval` section in the form in which `DataLoader` and `SimpleDataSet` take it. */
export function dataSections({ dataset, loader }: DataConfig): { dataset: DataSetConfig; loader: LoaderSection } {
  return {
    dataset: {
      name: dataset.name,
      data_dir: dataset.dataDir,
      label_file_list: dataset.labelFiles,
      ratio_list: dataset.ratios,
      delimiter: dataset.delimiter,
      ext_op_transform_idx: dataset.extOpTransformIdx,
      transforms: dataset.transforms.map(entry),
    },
    loader: {
      batch_size_per_card: loader.batchSize,
      shuffle: loader.shuffle,
      drop_last: loader.dropLast,
      num_workers: loader.numWorkers,
    },
  };
}
