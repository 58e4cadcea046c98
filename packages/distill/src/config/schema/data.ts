import { z } from "zod";
import { byName, integer, number, type Schema, section, texts } from "./build.js";
import { type SamplerConfig, sampler } from "./sampler.js";
import { type TransformConfig, transform } from "./transform.js";

/**
 * Pictures and texts of label files (reference: `data/simple_dataset.py`) or of LMDB databases
 * (`data/lmdb_dataset.py`).
 */
export interface DatasetConfig {
  name: "SimpleDataSet" | "LMDBDataSet" | "MultiScaleDataSet";
  /** Folder that the pictures' paths in the label files count from, or that the databases lie in. */
  dataDir: string;
  /** None for LMDBDataSet. */
  labelFiles: readonly string[];
  /** For each label file, the share of its lines that an epoch takes. */
  ratios: readonly number[];
  /** What stands between path and text. */
  delimiter: string;
  /** MultiScaleDataSet makes pictures as wide as they need to be, by the sizes that the label files name. */
  widthsFollow: boolean;
  /** What is done to each sample, in order; the last one is KeepKeys. */
  transforms: readonly TransformConfig[];
  /** How many of the first transforms prepare the samples that RecConAug joins and CopyPaste copies from. */
  extOpTransformIdx?: number;
}

/** How samples become batches. */
export interface LoaderConfig {
  shuffle: boolean;
  batchSize: number;
  dropLast: boolean;
  numWorkers: number;
  /** Runs a batch in parts of so many samples and adds up their gradients, to save memory. */
  microBatchSize?: number;
}

/** The `Train` or the `Eval` section. */
export interface DataConfig {
  dataset: DatasetConfig;
  loader: LoaderConfig;
  /** What deals out batches in place of the loader's settings. */
  sampler?: SamplerConfig;
}

const ratio = number({ above: 0, max: 1 });

const labelFileDataSet = (name: "SimpleDataSet" | "MultiScaleDataSet"): Schema<DatasetConfig> =>
  section({
    name: z.literal(name),
    data_dir: z.string(),
    label_file_list: texts,
    ratio_list: z
      .union([ratio, z.array(ratio).min(1)], { error: "expected a share above 0 and at most 1, or a list of them" })
      .default(1),
    delimiter: z.string().min(1).default("\t"),
    ds_width: z.boolean().default(false),
    transforms: z.array(transform).min(1),
    ext_op_transform_idx: integer(0).optional(),
  })
    .refine(
      ({ ratio_list, label_file_list }) =>
        typeof ratio_list === "number" || ratio_list.length === label_file_list.length,
      {
        path: ["ratio_list"],
        error: "expected one share for each label file",
      },
    )
    .refine(({ ds_width }) => !ds_width || name === "MultiScaleDataSet", {
      path: ["ds_width"],
      error: "only a MultiScaleDataSet makes widths follow the images",
    })
    .transform(
      (raw): DatasetConfig => ({
        name,
        dataDir: raw.data_dir,
        labelFiles: raw.label_file_list,
        ratios:
          typeof raw.ratio_list === "number" ? raw.label_file_list.map(() => raw.ratio_list as number) : raw.ratio_list,
        delimiter: raw.delimiter,
        widthsFollow: raw.ds_width,
        transforms: raw.transforms,
        extOpTransformIdx: raw.ext_op_transform_idx,
      }),
    );

const lmdbDataSet: Schema<DatasetConfig> = section({
  name: z.literal("LMDBDataSet"),
  data_dir: z.string(),
  ratio_list: z
    .union([z.literal(1), z.tuple([z.literal(1)])], { error: "expected 1: an LMDBDataSet uses all of its samples" })
    .optional(),
  transforms: z.array(transform).min(1),
  ext_op_transform_idx: integer(0).optional(),
}).transform(
  (raw): DatasetConfig => ({
    name: raw.name,
    dataDir: raw.data_dir,
    labelFiles: [],
    ratios: [],
    delimiter: "\t",
    widthsFollow: false,
    transforms: raw.transforms,
    extOpTransformIdx: raw.ext_op_transform_idx,
  }),
);

/** Every data set that a config can name. */
const datasets: Readonly<Record<DatasetConfig["name"], Schema<DatasetConfig>>> = {
  SimpleDataSet: labelFileDataSet("SimpleDataSet"),
  LMDBDataSet: lmdbDataSet,
  MultiScaleDataSet: labelFileDataSet("MultiScaleDataSet"),
};

const loader = section({
  shuffle: z.boolean(),
  batch_size_per_card: integer(),
  drop_last: z.boolean(),
  num_workers: integer(0),
  micro_batch_size: integer().nullish(),
})
  .refine(({ micro_batch_size: part, batch_size_per_card: whole }) => part == null || part <= whole, {
    path: ["micro_batch_size"],
    error: "is larger than batch_size_per_card",
  })
  .transform(
    (raw): LoaderConfig => ({
      shuffle: raw.shuffle,
      batchSize: raw.batch_size_per_card,
      dropLast: raw.drop_last,
      numWorkers: raw.num_workers,
      microBatchSize: raw.micro_batch_size ?? undefined,
    }),
  );

/** The `Train` or the `Eval` section. */
export const data: Schema<DataConfig> = section({
  dataset: byName("data set", datasets),
  loader,
  sampler: sampler.optional(),
});
