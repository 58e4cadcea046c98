import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);

/** The font of everything that is drawn. */
export const font: string = join(
  dirname(require.resolve("@fontsource/lato/package.json")),
  "files/lato-latin-700-normal.woff",
);

/** The config of the recogniser. */
export const lineConfig: string = fileURLToPath(new URL("../../../configs/rec/pp-ocrv3-small.yml", import.meta.url));

/** What makes the recogniser tiny, for lines of three digits in `data`, and where it goes. */
export function lineOverrides(data: string, run: string): string[] {
  const resize = "{ image_shape: [3, 32, 64] }";
  const places = ["Train", "Eval"].flatMap((section) => [
    `${section}.dataset.transforms.2.RecResizeImg=${resize}`,
    `${section}.dataset.data_dir=${data}`,
    `${section}.dataset.label_file_list=${join(data, section === "Train" ? "train.txt" : "val.txt")}`,
    `${section}.loader.num_workers=0`,
  ]);
  return [
    `Global.save_model_dir=${run}`,
    `Global.character_dict_path=${join(data, "dict.txt")}`,
    "Global.use_space_char=false",
    "Global.max_text_length=6",
    "Global.epoch_num=7",
    "Global.eval_batch_step=[0, 250]",
    "Global.seed=1",
    "Optimizer.lr.learning_rate=0.004",
    "Architecture.Backbone.scale=0.125",
    "Architecture.Head.head_list.1.SARHead={ enc_dim: 48, d_k: 48, max_text_length: 6 }",
    "Train.loader.batch_size_per_card=16",
    ...places,
  ];
}

const read = [{ DecodeImage: { img_mode: "BGR" } }, { DetLabelEncode: null }];
const numbers = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], scale: "1./255.", order: "hwc" };
const normal = [{ NormalizeImage: numbers }, { ToCHWImage: null }];
const keep = (keys: readonly string[]): object => ({ KeepKeys: { keep_keys: keys } });

/** Writes the config of a tiny detector for the pages in `data` into a file. */
export function writePageConfig(file: string, data: string, run: string): void {
  const dataset = { name: "SimpleDataSet", data_dir: data };
  const loader = { drop_last: false, num_workers: 0 };
  const train = [
    ...read,
    { EastRandomCropData: { size: [192, 192], max_tries: 50, keep_ratio: true } },
    { MakeBorderMap: null },
    { MakeShrinkMap: null },
    ...normal,
    keep(["image", "threshold_map", "threshold_mask", "shrink_map", "shrink_mask"]),
  ];
  const evaluation = [
    ...read,
    { DetResizeForTest: { limit_side_len: 960, limit_type: "max" } },
    ...normal,
    keep(["image", "shape", "polys", "ignore_tags"]),
  ];
  const config = {
    Global: { epoch_num: 14, save_model_dir: run, eval_batch_step: [0, 140], seed: 1 },
    Optimizer: { name: "Adam", lr: { name: "Cosine", learning_rate: 0.005, warmup_epoch: 1 } },
    Architecture: {
      model_type: "det",
      algorithm: "DB",
      Backbone: { name: "MobileNetV3", scale: 0.35, model_name: "small", disable_se: true },
      Neck: { name: "RSEFPN", out_channels: 24, shortcut: true },
      Head: { name: "DBHead", k: 50 },
    },
    Loss: { name: "DBLoss", balance_loss: true, main_loss_type: "DiceLoss", alpha: 5, beta: 10, ohem_ratio: 3 },
    PostProcess: { name: "DBPostProcess", thresh: 0.3, box_thresh: 0.6, unclip_ratio: 1.8 },
    Metric: { name: "DetMetric", main_indicator: "hmean" },
    Train: {
      dataset: { ...dataset, label_file_list: [join(data, "train.txt")], transforms: train },
      loader: { ...loader, shuffle: true, batch_size_per_card: 8 },
    },
    Eval: {
      dataset: { ...dataset, label_file_list: [join(data, "val.txt")], transforms: evaluation },
      loader: { ...loader, shuffle: false, batch_size_per_card: 1 },
    },
  };
  writeFileSync(file, JSON.stringify(config));
}
