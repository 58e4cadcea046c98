import type { Agreement } from "../metrics/agreement.js";
import type { TrainingReport } from "./lines.js";

/** What every line of `metrics.jsonl` has. */
interface Timed {
  /** When it was written, in seconds since 1970; missing in files of earlier versions. */
  readonly time?: number;
}

/** A line about the steps since the one before. */
export interface StepRecord extends Timed, TrainingReport {
  readonly kind: "train";
}

/** A line about an evaluation. */
export interface EvaluationRecord extends Timed {
  readonly kind: "eval";
  /** Whole epochs done. */
  readonly epoch: number;
  /** Steps done. */
  readonly step: number;
  /** By the names of the reference; those of the network that decides have no prefix. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Whether it was the best up to then. */
  readonly best: boolean;
  /** The network that decides; this and what follows is missing in files of earlier versions. */
  readonly network?: string;
  /** The metrics of every network that can be read. */
  readonly networks?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** How far every two of them say the same. */
  readonly agreement?: readonly Agreement[];
}

/** One line of `metrics.jsonl`. */
export type MetricsRecord = StepRecord | EvaluationRecord;

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
