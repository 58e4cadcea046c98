import { roundHalfEven } from "./round.js";

/** What a line of the training log tells. Times are in seconds. */
export interface TrainingReport {
  /** From 1. */
  epoch: number;
  epochs: number;
  /** Steps done since training began. */
  step: number;
  /** Learning rate, metrics and losses, smoothed: `TrainingStats.medians()`. */
  stats: Readonly<Record<string, number>>;
  /** Mean time a step that the network waited for its batch. */
  readerCost: number;
  /** Mean time of a step. */
  batchCost: number;
  /** Mean number of samples a step. */
  samples: number;
  /** Samples a second. */
  ips: number;
  /** Time left. */
  eta: number;
}

/** A float as Python prints it. */
function float(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** Six decimals, at least six characters wide and filled up with `x`, which shows in `nanxxx`. */
function stat(value: number): string {
  return Number.isFinite(value) ? roundHalfEven(value) : float(value).padEnd(6, "x");
}

/** A length of time as Python prints a timedelta of whole seconds: `0:05:12`, `2 days, 3:00:00`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.trunc(seconds));
  const two = (value: number): string => String(value).padStart(2, "0");
  const days = Math.floor(whole / 86_400);
  const clock = `${Math.floor((whole % 86_400) / 3600)}:${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
  return days === 0 ? clock : `${days} day${days === 1 ? "" : "s"}, ${clock}`;
}

const list = (values: Readonly<Record<string, number>>, show: (value: number) => string): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}: ${show(value)}`)
    .join(", ");

/** A line of the training log in PaddleOCR's form (`tools/program.py train`), so that its readers read ours. */
export function trainingLine(report: TrainingReport): string {
  return [
    `epoch: [${report.epoch}/${report.epochs}]`,
    `global_step: ${report.step}`,
    list(report.stats, stat),
    `avg_reader_cost: ${report.readerCost.toFixed(5)} s`,
    `avg_batch_cost: ${report.batchCost.toFixed(5)} s`,
    `avg_samples: ${float(report.samples)}`,
    `ips: ${report.ips.toFixed(5)} samples/s`,
    `eta: ${duration(report.eta)}`,
  ].join(", ");
}

/** The line after an evaluation: `cur metric, acc: 0.5, norm_edit_dis: 0.75`. */
export function currentMetricLine(metrics: Readonly<Record<string, number>>): string {
  return `cur metric, ${list(metrics, float)}`;
}

/** The line about the best model so far, after each evaluation. */
export function bestMetricLine(metrics: Readonly<Record<string, number>>, bestEpoch: number): string {
  return `best metric, ${list(metrics, float)}, is_float16: False, best_epoch: ${bestEpoch}`;
}

/** What stands before each line of `train.log`: `[2026/11/24 01:02:03] ppocr INFO: `, in local time. */
export function linePrefix(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("/");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `[${day} ${time}] ppocr INFO: `;
}
