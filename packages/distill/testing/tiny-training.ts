import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "@retort/tensor";
import sharp from "sharp";
import { loadConfig } from "../src/config/load.js";
import { namedParameters } from "../src/training/parameters.js";
import type { TrainReport } from "../src/training/reports.js";
import { createRun, type Run } from "../src/training/run.js";
import { train } from "../src/training/train.js";

const config = (name: string): string => new URL(`../../../configs/rec/${name}.yml`, import.meta.url).pathname;

/** Writes `count` small noisy images with digit labels, in PaddleOCR's format, and their dictionary. */
export async function writeTinyData(folder: string, count: number): Promise<void> {
  mkdirSync(join(folder, "images"), { recursive: true });
  const random = new Random(7);
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    const pixels = Uint8Array.from({ length: 32 * 40 * 3 }, () => random.integer(256));
    const path = `images/${i}.png`;
    await sharp(pixels, { raw: { width: 40, height: 32, channels: 3 } })
      .png()
      .toFile(join(folder, path));
    lines.push(`${path}\t${random.integer(90) + 10}`);
  }
  writeFileSync(join(folder, "train.txt"), `${lines.join("\n")}\n`);
  writeFileSync(join(folder, "val.txt"), `${lines.slice(0, 4).join("\n")}\n`);
  writeFileSync(join(folder, "dict.txt"), "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
}

const backbone = {
  name: "MobileNetV1Enhance",
  scale: 0.0625,
  last_conv_stride: [1, 1],
  last_pool_type: "avg",
  last_pool_kernel_size: [2, 2],
};

/** What every run on the data in `folder` says. */
function tinyPlaces(folder: string): Record<string, unknown> {
  return {
    "Global.save_model_dir": join(folder, "run"),
    "Global.character_dict_path": join(folder, "dict.txt"),
    "Global.eval_batch_step": [0, 1_000_000],
    "Global.epoch_num": 2,
    "Train.dataset.data_dir": folder,
    "Train.dataset.label_file_list": join(folder, "train.txt"),
    "Eval.dataset.data_dir": folder,
    "Eval.dataset.label_file_list": join(folder, "val.txt"),
    "Train.loader.batch_size_per_card": 4,
  };
}

/** Overrides for the ramp of every distillation loss of `tinyConfig`. */
export function ramps(ramp: { start: number; steps: number } | null): Record<string, unknown> {
  const terms = ["0.DistillationDMLLoss", "1.DistillationDMLLoss", "2.DistillationDistanceLoss"];
  return Object.fromEntries(terms.map((term) => [`Loss.loss_config_list.${term}.ramp`, ramp]));
}

/** The quickstart's two networks, made tiny, on the data in `folder`, all losses at full weight; further overrides win. */
export function tinyConfig(folder: string, overrides: Record<string, unknown> = {}): [string, Record<string, unknown>] {
  const tiny = {
    ...tinyPlaces(folder),
    "Architecture.Models.Teacher.Backbone": backbone,
    "Architecture.Models.Student.Backbone": backbone,
    ...ramps(null),
  };
  return [config("quickstart"), { ...tiny, ...overrides }];
}

/** The Student of `tinyConfig` alone; further overrides win. */
export function tinyAloneConfig(
  folder: string,
  overrides: Record<string, unknown> = {},
): [string, Record<string, unknown>] {
  const resize = { image_shape: [3, 32, 80] };
  const tiny = {
    ...tinyPlaces(folder),
    "Global.max_text_length": 8,
    "Global.use_space_char": false,
    "Architecture.Backbone": backbone,
    "Architecture.Head.head_list.1.SARHead": { enc_dim: 48, d_k: 48, max_text_length: 8 },
    "Train.dataset.transforms.2.RecResizeImg": resize,
    "Eval.dataset.transforms.2.RecResizeImg": resize,
    "Train.loader.num_workers": 0,
    "Eval.loader.num_workers": 0,
  };
  return [config("pp-ocrv3-small"), { ...tiny, ...overrides }];
}

/** The arguments by which the command line gets a config with overrides. */
export function argumentsOf(path: string, overrides: Readonly<Record<string, unknown>>): string[] {
  return ["-c", path, "-o", ...Object.entries(overrides).map(([key, value]) => `${key}=${JSON.stringify(value)}`)];
}

/** A run of `tinyConfig`. */
export async function tinyRun(folder: string, overrides: Record<string, unknown> = {}): Promise<Run> {
  return createRun(await loadConfig(...tinyConfig(folder, overrides)));
}

/** Everything that a run reports, to its end or until it was aborted after so many steps. */
export async function reportsOf(run: Run, stopAfter = Number.POSITIVE_INFINITY): Promise<TrainReport[]> {
  const controller = new AbortController();
  const reports: TrainReport[] = [];
  for await (const report of train(run, controller.signal)) {
    reports.push(report);
    if (reports.filter(({ kind }) => kind === "step").length >= stopAfter) controller.abort();
  }
  await run.train.close();
  await run.evaluation.close();
  return reports;
}

/** The losses of every step in some reports. */
export function lossesIn(reports: readonly TrainReport[]): Readonly<Record<string, number>>[] {
  return reports.flatMap((report) => (report.kind === "step" ? [report.losses] : []));
}

/** Every tensor of a run's networks, adapters and optimizer, as host arrays. */
export function stateOf(run: Run): Map<string, Float32Array> {
  const { tensors } = run.optimizer.state(namedParameters(run));
  const weights = [...run.model.stateDict(), ...run.adapters.stateDict()];
  return new Map([...weights, ...tensors].map(([key, value]) => [key, value.dataSync() as Float32Array]));
}

/** A digest of all bits of `stateOf`: comparing it is fast. */
export function digestOf(run: Run): string {
  const hash = createHash("sha256");
  for (const [key, { buffer, byteOffset, byteLength }] of stateOf(run)) {
    hash.update(key).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex");
}
