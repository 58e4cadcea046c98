import { z } from "zod";
import { byName, type Schema, section } from "./build.js";

/** How readings are scored (reference: `metrics/rec_metric.py`, `metrics/distillation_metric.py`). */
export interface RecMetricConfig {
  base: "RecMetric";
  /** The figure that decides which model is the best. */
  mainIndicator: "acc" | "norm_edit_dis";
  /** The network whose figure decides; undefined for a single network. */
  key?: string;
  /** Compares without spaces. */
  ignoreSpace: boolean;
  /** Compares only digits and letters, lower-cased. */
  isFilter: boolean;
  /** Counts a sample that cannot be used as wrong in `acc`; false leaves it out, as the reference does. */
  countUnusable: boolean;
}

/** How boxes are scored (reference: `metrics/det_metric.py`). */
export interface DetMetricConfig {
  base: "DetMetric";
  mainIndicator: "hmean" | "precision" | "recall";
  key?: string;
}

export type MetricConfig = RecMetricConfig | DetMetricConfig;

const recKeys = {
  main_indicator: z.enum(["acc", "norm_edit_dis"]).default("acc"),
  ignore_space: z.boolean().default(true),
  is_filter: z.boolean().default(false),
  count_unusable: z.boolean().default(true),
};
const recSection = section({ name: z.literal("RecMetric"), ...recKeys });

const toRec = (raw: Omit<z.output<typeof recSection>, "name">): RecMetricConfig => ({
  base: "RecMetric",
  mainIndicator: raw.main_indicator,
  ignoreSpace: raw.ignore_space,
  isFilter: raw.is_filter,
  countUnusable: raw.count_unusable,
});

const detKeys = { main_indicator: z.enum(["hmean", "precision", "recall"]).default("hmean") };
const distilled = { name: z.literal("DistillationMetric"), key: z.string() };

/** Every metric that a DistillationMetric can take for each network. */
const baseMetrics: Readonly<Record<MetricConfig["base"], Schema<MetricConfig>>> = {
  RecMetric: section({ ...distilled, base_metric_name: z.literal("RecMetric"), ...recKeys }).transform((raw) => ({
    ...toRec(raw),
    key: raw.key,
  })),
  DetMetric: section({ ...distilled, base_metric_name: z.literal("DetMetric"), ...detKeys }).transform((raw) => ({
    base: "DetMetric" as const,
    mainIndicator: raw.main_indicator,
    key: raw.key,
  })),
};

/** Every metric that a config can name. */
const metrics: Readonly<Record<string, Schema<MetricConfig>>> = {
  RecMetric: recSection.transform(toRec),
  DetMetric: section({ name: z.literal("DetMetric"), ...detKeys }).transform((raw) => ({
    base: "DetMetric" as const,
    mainIndicator: raw.main_indicator,
  })),
  DistillationMetric: byName("metric", baseMetrics, "base_metric_name"),
};

export const metric: Schema<MetricConfig> = byName("metric", metrics);
