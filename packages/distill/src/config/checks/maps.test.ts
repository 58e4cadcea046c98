import { expect, test } from "vitest";
import { Collected } from "../problems.js";
import type { DataConfig } from "../schema/data.js";
import type { LossConfig } from "../schema/loss.js";
import type { PostProcessConfig } from "../schema/post-process.js";
import { checkDbEvaluation, checkDbTraining } from "./maps.js";

function dataOf(keepKeys: readonly string[], loader: Partial<DataConfig["loader"]> = {}): DataConfig {
  return {
    dataset: {
      name: "SimpleDataSet",
      dataDir: "",
      labelFiles: [],
      ratios: [],
      delimiter: "\t",
      widthsFollow: false,
      transforms: [{ name: "KeepKeys", keepKeys }],
    },
    loader: { shuffle: false, batchSize: 1, dropLast: false, numWorkers: 0, ...loader },
  };
}

function problemsOf(run: (findings: Collected) => void): string[] {
  const findings = new Collected(() => "");
  run(findings);
  return findings.problems.map(({ path, message }) => `${path}: ${message}`);
}

const options = { alpha: 5, beta: 10, mainLoss: "DiceLoss", balance: true, negativeRatio: 3, epsilon: 1e-6 } as const;
const db: LossConfig = { name: "DBLoss", terms: [{ kind: "DBLoss", weight: 1, feature: "maps", options }] };
const ctc: LossConfig = {
  name: "CTCLoss",
  terms: [{ kind: "CTCLoss", weight: 1, feature: "head_out", focal: false }],
};
const targets = ["threshold_map", "threshold_mask", "shrink_map", "shrink_mask"];

test("a DB loss needs its four maps, and the whole batch at once", () => {
  const check = (data: DataConfig, loss = db): string[] => problemsOf((found) => checkDbTraining(data, loss, found));
  expect(check(dataOf(["image", ...targets]))).toEqual([]);
  expect(check(dataOf(["image"]), ctc)).toEqual([]);
  expect(check(dataOf(["image", "threshold_map", "shrink_map", "shrink_mask"]))).toEqual([
    "Train.dataset.transforms: a batch has to hold threshold_mask (MakeBorderMap makes it), for the DBLoss",
  ]);
  expect(check(dataOf(targets, { batchSize: 8, microBatchSize: 8 }))).toEqual([]);
  const [problem, ...others] = check(dataOf(targets, { batchSize: 8, microBatchSize: 4 }));
  expect(problem).toMatch(/^Train\.loader\.micro_batch_size: a DBLoss is no mean over samples/);
  expect(others).toEqual([]);
  expect(check(dataOf(["image"], { batchSize: 8, microBatchSize: 4 }), ctc)).toEqual([]);
});

test("boxes need sizes and labels, one picture at a time", () => {
  const boxes: PostProcessConfig = {
    decoder: "db",
    feature: "maps",
    options: {
      thresh: 0.3,
      boxThresh: 0.7,
      maxCandidates: 1000,
      unclipRatio: 2,
      useDilation: false,
      scoreMode: "fast",
      boxType: "quad",
    },
  };
  const check = (data: DataConfig, post: PostProcessConfig = boxes): string[] =>
    problemsOf((found) => checkDbEvaluation(data, post, found));
  expect(check(dataOf(["image", "shape", "polys", "ignore_tags"]))).toEqual([]);
  expect(check(dataOf(["image"]), { decoder: "ctc", feature: "head_out" })).toEqual([]);
  expect(check(dataOf(["image", "polys"], { batchSize: 4 }))).toEqual([
    "Eval.dataset.transforms: a batch has to hold shape (DetResizeForTest makes it), for the DetMetric",
    "Eval.dataset.transforms: a batch has to hold ignore_tags (DetLabelEncode makes it), for the DetMetric",
    "Eval.loader.batch_size_per_card: pictures have sizes and labels of their own: expected 1, found 4",
  ]);
});
