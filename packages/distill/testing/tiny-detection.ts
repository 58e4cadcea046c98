import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { rectangle } from "../../../fixtures/rectangle.js";

const [width, height] = [96, 64];

/** Dark rectangles, as [left, top, right, bottom], which stand for text. */
const regions = [
  [10, 8, 60, 24],
  [30, 36, 86, 54],
];

/** Writes `count` small pages with two dark rectangles each, and `pages.txt`, their labels in PaddleOCR's format. */
export async function writePages(folder: string, count: number): Promise<void> {
  mkdirSync(join(folder, "pages"), { recursive: true });
  const labels = regions.map(([left, top, right, bottom]) => ({
    transcription: "text",
    points: rectangle(left, top, right, bottom),
  }));
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    const pixels = new Uint8Array(width * height).fill(255 - i);
    for (const [left, top, right, bottom] of regions) {
      for (let y = top; y < bottom; y++) pixels.fill(40 + i, y * width + left, y * width + right);
    }
    const path = `pages/${i}.png`;
    await sharp(pixels, { raw: { width, height, channels: 1 } })
      .png()
      .toFile(join(folder, path));
    lines.push(`${path}\t${JSON.stringify(labels)}`);
  }
  writeFileSync(join(folder, "pages.txt"), `${lines.join("\n")}\n`);
}

/** The pages in `folder` as data of a config, read in batches of `batchSize`. */
export function pagesAsData(folder: string, batchSize: number): Record<string, unknown> {
  const data = { data_dir: folder, label_file_list: [join(folder, "pages.txt")] };
  const of = (side: "Train" | "Eval"): [string, unknown][] =>
    Object.entries(data).map(([key, value]) => [`${side}.dataset.${key}`, value]);
  return {
    ...Object.fromEntries([...of("Train"), ...of("Eval")]),
    "Train.loader.batch_size_per_card": batchSize,
    "Train.loader.num_workers": 0,
    "Eval.loader.num_workers": 0,
  };
}

const network = {
  model_type: "det",
  algorithm: "DB",
  return_all_feats: true,
  Backbone: { name: "MobileNetV3", scale: 0.35, model_name: "small", disable_se: true },
  Neck: { name: "RSEFPN", out_channels: 16, shortcut: true },
  Head: { name: "DBHead", k: 50 },
};

const losses = [
  { DistillationDilaDBLoss: { weight: 1, model_name_pairs: [["Student", "Teacher"]], key: "maps" } },
  {
    DistillationDMLLoss: {
      weight: 1,
      model_name_pairs: [["Student", "Student2"]],
      maps_name: "thrink_maps",
      key: "maps",
    },
  },
  { DistillationDBLoss: { weight: 1, model_name_list: ["Student", "Student2"] } },
];

const read = [{ DecodeImage: { img_mode: "BGR" } }, { DetLabelEncode: null }];
const normal = [
  { NormalizeImage: { scale: "1./255.", mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], order: "hwc" } },
  { ToCHWImage: null },
];
const maps = ["image", "threshold_map", "threshold_mask", "shrink_map", "shrink_mask"];

/** A teacher and two students that learn to find text on four small pages in `folder`. Returns the config's file. */
export async function writeTinyDetection(folder: string): Promise<string> {
  await writePages(folder, 4);
  const dataset = { name: "SimpleDataSet", data_dir: folder, label_file_list: [join(folder, "pages.txt")] };
  const loader = { shuffle: false, drop_last: false, num_workers: 0 };
  const draw = [{ MakeBorderMap: null }, { MakeShrinkMap: null }];
  const crop = { EastRandomCropData: { size: [64, 64] } };
  const config = {
    Global: { epoch_num: 1, save_model_dir: join(folder, "run"), eval_batch_step: [0, 1_000_000], seed: 1 },
    Optimizer: { name: "Adam", lr: { name: "Const", learning_rate: 0.001 } },
    Architecture: {
      model_type: "det",
      name: "DistillationModel",
      algorithm: "Distillation",
      Models: { Teacher: { ...network, freeze_params: true }, Student: network, Student2: network },
    },
    Loss: { name: "CombinedLoss", loss_config_list: losses },
    PostProcess: { name: "DistillationDBPostProcess", model_name: ["Student", "Student2"], key: "head_out" },
    Metric: { name: "DistillationMetric", base_metric_name: "DetMetric", main_indicator: "hmean", key: "Student" },
    Train: {
      dataset: { ...dataset, transforms: [...read, crop, ...draw, ...normal, { KeepKeys: { keep_keys: maps } }] },
      loader: { ...loader, batch_size_per_card: 2 },
    },
    Eval: {
      dataset: {
        ...dataset,
        transforms: [
          ...read,
          { DetResizeForTest: { image_shape: [64, 96] } },
          ...normal,
          { KeepKeys: { keep_keys: ["image", "shape", "polys", "ignore_tags"] } },
        ],
      },
      loader: { ...loader, batch_size_per_card: 1 },
    },
  };
  const file = join(folder, "detection.yml");
  writeFileSync(file, JSON.stringify(config));
  return file;
}
