import type { ConfigPath } from "../path.js";
import type { Findings } from "../problems.js";
import type { DataConfig } from "../schema/data.js";

type Side = "Train" | "Eval";

/** Checks that a sampler and a MultiScaleDataSet come together, in Train, and that the sampler's sizes can be kept. */
export function checkSampler(side: Side, { dataset, sampler, loader }: DataConfig, findings: Findings): void {
  const path: ConfigPath = [side, "sampler"];
  const multiScale = dataset.name === "MultiScaleDataSet";
  if (multiScale && side === "Eval") {
    findings.problem(
      [side, "dataset", "name"],
      "evaluation reads every line once, at one size: take SimpleDataSet and RecResizeImg",
    );
    return;
  }
  if (multiScale && !sampler)
    findings.problem(path, "missing; a MultiScaleDataSet has the sizes of its pictures from it");
  if (!multiScale && sampler) findings.problem(path, "only a MultiScaleDataSet in Train takes a sampler");
  if (!multiScale || !sampler) return;
  dataset.transforms.forEach(({ name }, i) => {
    if (name !== "RecResizeImg" && name !== "SVTRRecResizeImg") return;
    findings.problem([side, "dataset", "transforms", i, name], "the sampler says the sizes: take this transform out");
  });
  const [factorW, factorH] = sampler.dividedFactor;
  sampler.scales.forEach(([width, height], i) => {
    if (!sampler.isTraining || (width >= factorW && height >= factorH)) return;
    findings.problem([...path, "scales", i], `is smaller than divided_factor [${factorW}, ${factorH}]`);
  });
  if (loader.batchSize !== sampler.firstBatchSize) {
    findings.warn(
      [side, "loader", "batch_size_per_card"],
      `has no effect beside a sampler, whose first_bs is ${sampler.firstBatchSize}`,
    );
  }
}
