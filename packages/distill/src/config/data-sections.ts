import type {
  DataSetConfig,
  LoaderConfig as LoaderSection,
  TransformConfig as TransformEntry,
} from "@retort/ocr-models/data";
import type { DataConfig } from "./schema/data.js";
import type { TransformConfig } from "./schema/transform.js";

function entry(transform: TransformConfig): TransformEntry {
  switch (transform.name) {
    case "DecodeImage":
      return { DecodeImage: { img_mode: transform.imgMode } };
    case "RecResizeImg":
      return { RecResizeImg: { image_shape: transform.imageShape, padding: transform.padding } };
    case "MultiLabelEncode":
      return { MultiLabelEncode: transform.gtcEncode === undefined ? null : { gtc_encode: transform.gtcEncode } };
    case "KeepKeys":
      return { KeepKeys: { keep_keys: transform.keepKeys } };
    default:
      return { [transform.name]: null };
  }
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
