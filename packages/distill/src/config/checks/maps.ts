import type { ConfigPath } from "../path.js";
import type { Findings } from "../problems.js";
import type { DataConfig } from "../schema/data.js";
import type { LossConfig } from "../schema/loss.js";
import type { PostProcessConfig } from "../schema/post-process.js";
import { keptKeys } from "./data.js";

/** What a DB loss compares maps with, and what makes it. */
const targets = {
  threshold_map: "MakeBorderMap",
  threshold_mask: "MakeBorderMap",
  shrink_map: "MakeShrinkMap",
  shrink_mask: "MakeShrinkMap",
} as const;

/** What boxes are measured with, and what makes it. */
const labels = { shape: "DetResizeForTest", polys: "DetLabelEncode", ignore_tags: "DetLabelEncode" } as const;

function checkKept(
  side: "Train" | "Eval",
  data: DataConfig,
  needed: Readonly<Record<string, string>>,
  why: string,
  findings: Findings,
): void {
  const kept = keptKeys(data);
  for (const [key, maker] of Object.entries(needed)) {
    if (kept.includes(key)) continue;
    findings.problem([side, "dataset", "transforms"], `a batch has to hold ${key} (${maker} makes it), for ${why}`);
  }
}

/** Checks that the batches of training have what DB losses need, and are not taken in parts. */
export function checkDbTraining(train: DataConfig, loss: LossConfig, findings: Findings): void {
  const terms = loss.terms.filter(({ kind }) => kind.includes("DB"));
  if (terms.length === 0) return;
  checkKept("Train", train, targets, `the ${terms[0].kind}`, findings);
  const { microBatchSize, batchSize } = train.loader;
  if (microBatchSize === undefined || microBatchSize >= batchSize) return;
  findings.problem(
    ["Train", "loader", "micro_batch_size"],
    `a ${terms[0].kind} is no mean over samples but a ratio of sums over the whole batch, which cannot be added up from ` +
      "parts; leave it out",
  );
}

/** Checks that the batches of evaluation have what boxes are measured with, and hold one picture each. */
export function checkDbEvaluation(evaluation: DataConfig, post: PostProcessConfig, findings: Findings): void {
  if (post.decoder !== "db") return;
  checkKept("Eval", evaluation, labels, "the DetMetric", findings);
  const path: ConfigPath = ["Eval", "loader", "batch_size_per_card"];
  const { batchSize } = evaluation.loader;
  if (batchSize !== 1)
    findings.problem(path, `pictures have sizes and labels of their own: expected 1, found ${batchSize}`);
}
