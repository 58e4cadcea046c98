import { stepWarnings } from "../config/checks/steps.js";
import { loadConfig } from "../config/load.js";
import type { Overrides } from "../config/overrides.js";
import { deviceOf } from "../model/device-of.js";
import { averageStatistics } from "../parallel/batch-statistics.js";
import { alone, type Communicator } from "../parallel/communicator.js";
import { gatherUnusable } from "../parallel/gather-unusable.js";
import { runFacts } from "../parallel/run-facts.js";
import { checkSameFacts } from "../parallel/same-facts.js";
import { shareWarnings } from "../parallel/share-warnings.js";
import { TeacherCache } from "../teacher-cache/teacher-cache.js";
import { findWeights } from "../weights/weight-file.js";
import { type Progress, readCheckpoint, restore, saveCheckpoint } from "./checkpoint.js";
import { deviceFor } from "./device.js";
import { decidingNetwork, evaluate } from "./evaluate.js";
import { placedFor } from "./placed-progress.js";
import type {
  EvaluationReport,
  SavedReport,
  SkippedReport,
  StepReport,
  TrainReport,
  WarningReport,
} from "./reports.js";
import { createRun, type Run } from "./run.js";
import { RunLog } from "./run-log.js";
import { trainStep } from "./step.js";

/** Trains what a config file describes, together with other `ranks` where there are any; see `train`. */
export async function* trainFromConfig(
  path: string,
  overrides: Overrides = [],
  signal?: AbortSignal,
  ranks: Communicator = alone,
): AsyncGenerator<TrainReport> {
  const loaded = await loadConfig(path, overrides);
  const { device, reasons } = await deviceFor(loaded.config.global, ranks);
  const run = await createRun(loaded, ranks, device);
  try {
    for (const reason of reasons) {
      yield { kind: "warning", message: `Global.use_gpu: ${reason}; the ${device.name} is used` };
    }
    yield* train(run, signal);
  } finally {
    await run.train.close();
    await run.evaluation.close();
  }
}

/**
 * Trains a run to its last epoch, or on from `Global.checkpoints`, a checkpoint of Retort. Reports every step, evaluation
 * and checkpoint, and samples that cannot be used; leaving the loop stops it. An abort ends it after `latest` was saved.
 * Checkpoints go to `Global.save_model_dir`: `latest` after every epoch, `best_accuracy` whenever the main indicator is at
 * its best, `iter_epoch_N`. Of several ranks all report the same; rank 0 writes checkpoints and the log, and an abort of
 * one ends all after the same step.
 * @throws NonFiniteLossError when a loss is not finite; the last checkpoint stays
 */
export async function* train(run: Run, signal?: AbortSignal): AsyncGenerator<TrainReport> {
  const { global } = run.loaded.config;
  const { ranks } = run;
  const log = ranks.rank === 0 ? await RunLog.open(global.saveModelDir, global.logSmoothWindow) : RunLog.silent();
  const training = new Training(run, log);
  await training.resume();
  await training.check();
  await training.openCache();
  try {
    while (training.epoch < global.epochNum) {
      for await (const batch of run.train.epoch()) {
        yield await training.step(batch);
        yield* training.cacheProblems();
        if (training.evaluationDue) yield* training.evaluate();
        if (anyOf(ranks, signal?.aborted ?? false)) return yield await training.save("latest");
      }
      yield* training.skipped("Train");
      await training.shareCache();
      yield await training.save("latest");
      if (training.epoch % global.saveEpochStep === 0) yield await training.save(`iter_epoch_${training.epoch}`);
    }
    if (training.evaluatedAt !== training.steps) yield* training.evaluate();
  } finally {
    await training.closeCache();
  }
}

/** Whether something holds on one rank at least. */
function anyOf(ranks: Communicator, holds: boolean): boolean {
  const flag = Float64Array.of(holds ? 1 : 0);
  ranks.allReduce(flag, "max");
  return flag[0] > 0;
}

class Training {
  steps = 0;
  evaluatedAt = -1;
  private best: Progress["best"];
  private readonly run: Run;
  private readonly log: RunLog;
  private readonly started = performance.now();
  private firstStep = 0;
  private lastTime = performance.now();
  private readonly reported = { Train: 0, Eval: 0 };
  private cache: TeacherCache | undefined;

  constructor(run: Run, log: RunLog) {
    this.run = run;
    this.log = log;
    const { config } = run.loaded;
    const warnings = [...stepWarnings(config, run.stepsPerEpoch)];
    if (run.ranks.size > 1) warnings.push(...shareWarnings(config));
    for (const warning of warnings) log.line(`warning: ${warning}`);
    log.line(`device: ${deviceOf(run.model).name}`);
  }

  get epoch(): number {
    return this.run.train.position.epoch;
  }

  private get config() {
    return this.run.loaded.config;
  }

  async resume(): Promise<void> {
    const { checkpoints } = this.config.global;
    if (checkpoints === undefined) return;
    const { file, kind } = await findWeights(checkpoints, "Global.checkpoints");
    if (kind !== "checkpoint") {
      throw new Error(
        `Global.checkpoints: ${file} holds weights alone, so no training can go on from it; ` +
          "name it as Global.pretrained_model to begin with them",
      );
    }
    const checkpoint = await readCheckpoint(file);
    const { progress, optimizer } = placedFor(this.run, checkpoint);
    restore({ ...checkpoint, optimizer }, this.run);
    this.steps = this.firstStep = progress.step;
    this.best = progress.best;
    this.run.train.position = progress.position;
    this.log.line(`resume from ${checkpoint.file}, step ${this.steps}`);
  }

  /** @throws Error when the ranks do not train the same networks with the same code on the same data */
  async check(): Promise<void> {
    const { ranks, loaded, model, adapters, train, evaluation } = this.run;
    if (ranks.size === 1) return;
    const weights = new Map([...model.stateDict(), ...adapters.stateDict()]);
    checkSameFacts(ranks, await runFacts(loaded, weights, { Train: train.dataSet, Eval: evaluation.dataSet }));
  }

  /** Opens the cache of the frozen networks; their weights have to be in place. */
  async openCache(): Promise<void> {
    this.cache = await TeacherCache.open(this.config, this.run.model);
  }

  /** What was found wrong with files of the cache. */
  *cacheProblems(): Generator<WarningReport> {
    for (const problem of this.cache?.problems() ?? []) {
      const message = `Global.teacher_cache: ${problem}`;
      this.log.line(`warning: ${message}`);
      yield { kind: "warning", message };
    }
  }

  /** Logs how many outputs of frozen networks all ranks have computed since the last time, which each can read from now on. */
  async shareCache(): Promise<void> {
    if (this.cache === undefined) return;
    const { ranks } = this.run;
    await this.cache.share(ranks);
    const { stored, computed } = this.cache.counts();
    const counts = Float64Array.of(stored, computed);
    ranks.allReduce(counts);
    this.log.line(`teacher_cache: ${counts[0]} outputs were stored, ${counts[1]} computed`);
  }

  /** Writes what the cache holds in memory. */
  async closeCache(): Promise<void> {
    await this.cache?.flush({ all: true });
  }

  async step(batch: Parameters<typeof trainStep>[1]): Promise<StepReport> {
    const { run, config } = this;
    const begun = performance.now();
    const learningRate = run.optimizer.learningRate;
    const losses = await trainStep(run, batch, this.steps, this.cache);
    await this.cache?.flush();
    this.steps++;
    // All ranks have equally many samples.
    const size = batch.size * run.ranks.size;
    const now = performance.now();
    const epochs = config.global.epochNum;
    const steps = epochs * run.stepsPerEpoch;
    const perStep = (now - this.started) / 1000 / (this.steps - this.firstStep);
    const report: StepReport = {
      kind: "step",
      epoch: batch.epoch + 1,
      epochs,
      step: this.steps,
      steps,
      imagesPerSecond: (1000 * size) / (now - this.lastTime),
      loss: losses.loss,
      losses,
      learningRate,
      secondsLeft: Math.max(0, steps - this.steps) * perStep,
    };
    const due = this.steps % config.global.printBatchStep === 0 || batch.index + 1 === run.stepsPerEpoch;
    this.log.step(report, size, (begun - this.lastTime) / 1000, (now - this.lastTime) / 1000, due);
    this.lastTime = now;
    return report;
  }

  get evaluationDue(): boolean {
    const { evalBatchStep, evalBatchEpoch } = this.config.global;
    if (evalBatchEpoch !== undefined)
      return this.steps % Math.max(1, Math.round(evalBatchEpoch * this.run.stepsPerEpoch)) === 0;
    const { start, interval } = evalBatchStep;
    return this.steps > start && (this.steps - start) % interval === 0;
  }

  async *evaluate(): AsyncGenerator<TrainReport> {
    const { run, config } = this;
    const { ranks } = run;
    this.settle();
    const found = await evaluate(run.model, run.reader, config.metric, run.evaluation, { ranks });
    const { metrics, networks, agreement } = found;
    const main = config.metric.mainIndicator;
    const best = this.best === undefined || metrics[main] >= this.best.metrics[main];
    if (best) this.best = { step: this.steps, epoch: this.epoch, metrics };
    this.evaluatedAt = this.steps;
    const network = decidingNetwork(config.metric);
    const report: EvaluationReport = {
      kind: "evaluation",
      step: this.steps,
      metrics,
      networks,
      agreement,
      network,
      best,
    };
    this.log.evaluation(report, this.epoch, this.best as NonNullable<Progress["best"]>);
    yield report;
    yield* this.skipped("Eval");
    if (best) yield await this.save("best_accuracy");
    this.lastTime = performance.now();
  }

  /** Reports samples that could not be used, when there are more than before. */
  *skipped(section: "Train" | "Eval"): Generator<SkippedReport> {
    const { unusable } = section === "Train" ? this.run.train : this.run.evaluation;
    gatherUnusable(this.run.ranks, unusable);
    const { count, byReason } = unusable;
    if (count === this.reported[section]) return;
    this.reported[section] = count;
    this.log.line(`warning: ${section}: ${count} samples cannot be used: ${unusable.summary().replaceAll("\n", "; ")}`);
    yield { kind: "skipped", section, count, byReason };
  }

  async save(name: string): Promise<SavedReport> {
    const { run, config } = this;
    const { ranks, stepsPerEpoch } = run;
    this.settle();
    const place = config.global.saveModelDir;
    if (ranks.rank > 0) return { kind: "saved", path: `${place}/${name}.json` };
    const together = { ranks: ranks.size, stepsPerEpoch };
    const progress: Progress = { step: this.steps, position: run.train.position, best: this.best, together };
    const path = await saveCheckpoint(place, name, run, progress, run.loaded.raw);
    return { kind: "saved", path };
  }

  /** Gives all ranks one model, which with batch statistics of their own they do not have. */
  private settle(): void {
    const { ranks, model, loaded } = this.run;
    if (ranks.size > 1 && !loaded.config.global.useSyncBn) averageStatistics(model, ranks);
  }
}
