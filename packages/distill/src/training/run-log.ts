import { bestMetricLine, currentMetricLine, jsonLine, linePrefix, TrainingStats, trainingLine } from "../log/index.js";
import type { EvaluationReport, StepReport } from "./reports.js";

/** Seconds since 1970. */
const now = (): number => Date.now() / 1000;

/** Writes `train.log` in the reference's format and `metrics.jsonl` into a run's folder. */
export class RunLog {
  private readonly stats: TrainingStats;
  private readonly append: (file: string, text: string) => void;
  private reader = 0;
  private batch = 0;
  private samples = 0;
  private count = 0;

  private constructor(window: number, append: (file: string, text: string) => void) {
    this.stats = new TrainingStats(window);
    this.append = append;
  }

  /** Makes the folder if need be; lines are added to files that exist. @throws Error when it cannot be written */
  static async open(folder: string, window: number): Promise<RunLog> {
    const { appendFileSync, mkdirSync } = await import("node:fs");
    const { join } = await import("node:path");
    mkdirSync(folder, { recursive: true });
    return new RunLog(window, (file, text) => appendFileSync(join(folder, file), text));
  }

  /** A log that writes nothing, for processes beside the one that does. */
  static silent(): RunLog {
    return new RunLog(1, () => {});
  }

  /** One line of `train.log`. */
  line(text: string): void {
    this.append("train.log", `${linePrefix(new Date())}${text}\n`);
  }

  /** Counts a step in, and writes a line when one is due. Costs in seconds. */
  step(report: StepReport, samples: number, readerCost: number, batchCost: number, due: boolean): void {
    this.stats.update({ lr: report.learningRate, ...report.losses });
    this.reader += readerCost;
    this.batch += batchCost;
    this.samples += samples;
    this.count++;
    if (!due) return;
    const line = {
      epoch: report.epoch,
      epochs: report.epochs,
      step: report.step,
      stats: this.stats.medians(),
      readerCost: this.reader / this.count,
      batchCost: this.batch / this.count,
      samples: this.samples / this.count,
      ips: this.samples / this.batch,
      eta: report.secondsLeft,
    };
    this.line(trainingLine(line));
    this.append("metrics.jsonl", jsonLine({ kind: "train", time: now(), ...line }));
    this.reader = this.batch = this.samples = this.count = 0;
  }

  /** Writes what an evaluation measured after so many epochs, and the best so far. */
  evaluation(
    { kind: _, ...report }: EvaluationReport,
    epoch: number,
    best: { readonly epoch: number; readonly metrics: Readonly<Record<string, number>> },
  ): void {
    this.line(currentMetricLine(report.metrics));
    this.line(bestMetricLine(best.metrics, best.epoch));
    this.append("metrics.jsonl", jsonLine({ kind: "eval", time: now(), epoch, ...report }));
  }
}
