import { type EvaluationRecord, metricsByNetwork, type Review, type RunFolder } from "@retort/distill";

/** A training in a report. */
export interface ReportedRun extends RunFolder {
  /** What tells it from the other ones: the end of its folder's path. */
  readonly name: string;
  /** What its best model makes of the Eval data. */
  readonly review?: Review;
  /** Why there is no review. */
  readonly problem?: string;
}

/** Names for folders: as few of their last parts as make them different. */
export function namesOf(folders: readonly string[]): string[] {
  const parts = folders.map((folder) => folder.split(/[\\/]+/).filter((part) => part !== "" && part !== "."));
  const name = (path: readonly string[], count: number): string => path.slice(-count).join("/") || "/";
  for (let count = 1; ; count++) {
    const names = parts.map((path) => name(path, count));
    const longer = parts.some((path) => path.length > count);
    if (new Set(names).size === names.length || !longer) return names;
  }
}

/** The network by which a training is judged; empty where it is the only one. */
export function decidingNetworkOf({ history, checkpoint }: RunFolder): string {
  const recorded = history.evaluations.find(({ network }) => network !== undefined)?.network;
  if (recorded !== undefined) return recorded;
  const config = checkpoint?.config as { Metric?: { key?: unknown } } | undefined;
  return typeof config?.Metric?.key === "string" ? config.Metric.key : "";
}

/** The metrics of an evaluation by network; of one that an earlier version recorded, of those that PostProcess names. */
export function networksOf(record: EvaluationRecord, deciding: string): ReturnType<typeof metricsByNetwork> {
  return record.networks === undefined ? metricsByNetwork(record.metrics, deciding) : { ...record.networks };
}

/** The metric that models are compared by: `acc` of readings, `hmean` of boxes; undefined before the first evaluation. */
export function mainMetricOf({ history: { evaluations } }: RunFolder): "acc" | "hmean" | undefined {
  if (evaluations.length === 0) return undefined;
  return "hmean" in evaluations[0].metrics ? "hmean" : "acc";
}

/** Seconds that the steps of a training took, evaluations not counted. */
export function trainingSeconds({ history: { steps } }: RunFolder): number {
  return steps.reduce((sum, { step, batchCost }, i) => sum + batchCost * (step - (steps[i - 1]?.step ?? 0)), 0);
}

/** The middle value of some numbers; undefined of none. */
export function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
