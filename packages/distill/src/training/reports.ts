import type { Agreement } from "../metrics/agreement.js";
import type { Evaluation } from "./evaluate.js";

/** A step was made. Times in seconds. */
export interface StepReport {
  readonly kind: "step";
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly steps: number;
  readonly imagesPerSecond: number;
  readonly loss: number;
  readonly losses: Readonly<Record<string, number>>;
  readonly learningRate: number;
  readonly secondsLeft: number;
}

/** The evaluation data were read. */
export interface EvaluationReport {
  readonly kind: "evaluation";
  readonly step: number;
  /** By the names of the reference; those of the network that decides have no prefix. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Of every network that can be read, also of those that PostProcess does not name. */
  readonly networks: Evaluation["networks"];
  /** How far every two of them say the same. */
  readonly agreement: readonly Agreement[];
  /** The network that decides; the name of a single one is empty. */
  readonly network: string;
  readonly best: boolean;
}

/** A checkpoint was saved. */
export interface SavedReport {
  readonly kind: "saved";
  readonly path: string;
}

/** Samples could not be used; more of them than were reported before. */
export interface SkippedReport {
  readonly kind: "skipped";
  readonly section: "Train" | "Eval";
  /** How many different samples up to now. */
  readonly count: number;
  readonly byReason: Readonly<Record<string, number>>;
}

/** Something that does not stop the training, but that should be known. */
export interface WarningReport {
  readonly kind: "warning";
  readonly message: string;
}

/** What a training tells as it goes. */
export type TrainReport = StepReport | EvaluationReport | SavedReport | SkippedReport | WarningReport;
