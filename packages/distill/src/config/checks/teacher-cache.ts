import { showPath } from "../path.js";
import type { Findings } from "../problems.js";
import type { ArchitectureConfig } from "../schema/architecture.js";
import type { DataConfig } from "../schema/data.js";
import type { GlobalConfig } from "../schema/global.js";
import type { LossConfig, LossTermConfig } from "../schema/loss.js";
import { randomTransforms } from "./augmentation.js";
import { cachedTeachers } from "./cached-teachers.js";
import { termPath } from "./loss.js";

/** Whether a term reads probabilities only: adding a number to all logits of a position changes nothing. */
function readsProbabilities(term: LossTermConfig): boolean {
  switch (term.kind) {
    case "DistillationDMLLoss":
      return term.act === "softmax";
    case "DistillationKLDivLoss":
    case "DistillationDKDLoss":
    case "DistillationNRTRDMLLoss":
    case "DistillationCTCLoss":
    case "DistillationSARLoss":
    case "DistillationNRTRLoss":
      return true;
    default:
      return false;
  }
}

const namesOf = (term: LossTermConfig): readonly string[] =>
  "pairs" in term ? term.pairs.flat() : "models" in term ? term.models : [];

/** Checks that there is something for `Global.teacher_cache` to store, that it is read again, and that top-k fits the losses. */
export function checkTeacherCache(
  { teacherCache, teacherCacheTopK: topK }: GlobalConfig,
  architecture: ArchitectureConfig,
  loss: LossConfig,
  train: DataConfig,
  findings: Findings,
): void {
  if (teacherCache === undefined) {
    if (topK !== undefined) findings.warn(["Global", "teacher_cache_top_k"], "has no effect without teacher_cache");
    return;
  }
  const teachers = cachedTeachers(architecture, loss).map(({ network }) => network.name);
  if (teachers.length === 0) {
    const reference = architecture.kind === "distillation" && architecture.models.some((m) => m.freeze === "reference");
    const why = reference
      ? "with freeze_mode: reference outputs depend on the other samples of a batch"
      : "no loss reads a network with freeze_params: true";
    findings.warn(["Global", "teacher_cache"], `has no effect: ${why}`);
    return;
  }
  const random = randomTransforms(train.dataset);
  if (random.length > 0) {
    findings.warn(
      ["Global", "teacher_cache"],
      `${random.join(" and ")} of Train changes pictures at random, anew in every epoch: what is stored helps later runs of ` +
        "the same seed, not later epochs",
    );
  }
  if (topK === undefined) return;
  loss.terms.forEach((term, i) => {
    const teacher = namesOf(term).find((name) => teachers.includes(name));
    if (teacher === undefined || readsProbabilities(term)) return;
    findings.problem(
      ["Global", "teacher_cache_top_k"],
      `keeps probabilities of classes alone, and ${showPath(termPath(loss, i, term.kind))} reads ${term.feature} of ` +
        `${teacher} itself`,
    );
  });
}
