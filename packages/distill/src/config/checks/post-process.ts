import type { FeatureName } from "@retort/ocr-models";
import { suggestion } from "../nearest.js";
import type { Findings } from "../problems.js";
import type { ArchitectureConfig } from "../schema/architecture.js";
import type { MetricConfig } from "../schema/metric.js";
import type { PostProcessConfig, UnresolvedPostProcess } from "../schema/post-process.js";
import { commonFeature, featureOf } from "./features.js";
import { findNetworks } from "./loss.js";
import { networksOf } from "./networks.js";

/** Checks the decoder against the networks and settles which feature it reads. */
export function resolvePostProcess(
  postProcess: UnresolvedPostProcess,
  architecture: ArchitectureConfig,
  findings: Findings,
): PostProcessConfig | undefined {
  const networks = networksOf(architecture);
  const { reads, ...rest } = postProcess;
  const { models } = rest;
  if ((models !== undefined) !== (architecture.kind === "distillation")) {
    const want = models
      ? "without Distillation: there is a single network"
      : "with Distillation: there are several networks";
    findings.problem(["PostProcess", "name"], `expected a decoder ${want}`);
    return undefined;
  }
  const named = models ? findNetworks(models, networks, ["PostProcess", "model_name"], findings) : networks;
  const features: FeatureName[] = [];
  for (const placed of named) {
    const found = featureOf(placed, reads, rest.decoder === "db" ? "maps" : rest.decoder);
    if ("problem" in found) findings.problem(["PostProcess"], found.problem);
    else features.push(found.feature);
  }
  if (features.length === 0 || features.length < (models ?? networks).length) return undefined;
  return { ...rest, feature: commonFeature(features) } as PostProcessConfig;
}

/** Checks that the metric and the decoder belong together, and that the deciding network is decoded. */
export function checkMetric(metric: MetricConfig, postProcess: UnresolvedPostProcess, findings: Findings): void {
  const { models, decoder } = postProcess;
  const base = decoder === "db" ? "DetMetric" : "RecMetric";
  if ((metric.key !== undefined) !== (models !== undefined)) {
    const want = models
      ? "DistillationMetric (the decoder reads several networks)"
      : `${base} (the decoder reads one network)`;
    findings.problem(["Metric", "name"], `expected ${want}`);
  } else if (models && metric.key !== undefined && !models.includes(metric.key)) {
    findings.problem(
      ["Metric", "key"],
      `"${metric.key}" is not decoded, so it has no figures; PostProcess.model_name: ${suggestion(metric.key, models)}`,
    );
  }
  if (metric.base !== base) {
    const reads = base === "DetMetric" ? "finds boxes" : "reads text";
    findings.problem(["Metric", models ? "base_metric_name" : "name"], `expected ${base}: the decoder ${reads}`);
  }
}
