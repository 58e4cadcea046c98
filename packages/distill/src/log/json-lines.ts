import type { TrainingReport } from "./lines.js";

/** One line of `metrics.jsonl`. */
export type MetricsRecord =
  | ({ kind: "train" } & TrainingReport)
  | { kind: "eval"; epoch: number; step: number; metrics: Readonly<Record<string, number>>; best: boolean };

/**
 * A record as one line of JSON, with its line feed. JSON has no NaN and no infinity: they are written as the texts
 * "NaN", "Infinity" and "-Infinity", so that a diverged loss stays visible.
 */
export function jsonLine(record: MetricsRecord): string {
  const text = JSON.stringify(record, (_, value) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );
  return `${text}\n`;
}
