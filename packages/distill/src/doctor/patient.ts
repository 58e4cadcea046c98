import type { Batch } from "@retort/ocr-models/data";
import { learnsMaps } from "../config/checks/networks.js";
import type { LoadedConfig } from "../config/load.js";
import type { Overrides } from "../config/overrides.js";
import type { DataConfig } from "../config/schema/data.js";
import { type ExaminedLines, examineLines } from "../inspect/lines.js";
import { openDataSet, type Section } from "../inspect/open.js";
import { onlyNetwork } from "../losses/from-config.js";
import { loadWithWeights } from "../plan/weights.js";
import { decidingNetwork } from "../training/evaluate.js";
import { createRun, type Run } from "../training/run.js";
import { firstSamples } from "./first-samples.js";

/** A network of a config, and how it takes part. */
export interface Part {
  /** Empty for a network alone. */
  readonly name: string;
  readonly learns: boolean;
  /** Where its first weights are from; undefined for fresh ones. */
  readonly weights?: string;
}

/** How a patient is examined. */
export interface DoctorOptions {
  /** How long networks are trained on one batch at most, each time. Default 60. */
  readonly seconds?: number;
  /** Ends the examination. */
  readonly signal?: AbortSignal;
  /** Told what is being done, as it goes on. */
  readonly tell?: (text: string) => void;
}

/** How many samples of a batch are trained on. */
const samples = 8;

/** The config that is examined, and what several diagnoses need of it, each made once and on demand. */
export class Patient {
  readonly loaded: LoadedConfig;
  readonly seconds: number;
  readonly signal: AbortSignal | undefined;
  readonly tell: (text: string) => void;
  private readonly examined = new Map<Section, Promise<ExaminedLines & { readonly count: number }>>();
  private sample: Promise<Batch> | undefined;

  private constructor(loaded: LoadedConfig, { seconds = 60, signal, tell = () => {} }: DoctorOptions) {
    this.loaded = loaded;
    this.seconds = seconds;
    this.signal = signal;
    this.tell = tell;
  }

  /**
   * Loads the config that is examined.
   * @throws ConfigError with all its problems, files with weights that are missing among them
   * @throws Error that names the file when the config or its dictionary cannot be read
   */
  static async open(path: string, overrides: Overrides, options: DoctorOptions = {}): Promise<Patient> {
    return new Patient(withoutWorkers(await loadWithWeights(path, overrides)), options);
  }

  /** The network by which the training is judged. */
  get deciding(): string {
    return decidingNetwork(this.loaded.config.metric);
  }

  /** Whether it finds boxes; otherwise it reads text. */
  get findsBoxes(): boolean {
    return learnsMaps(this.loaded.config.architecture);
  }

  /** Every network of the config. */
  get parts(): Part[] {
    const { architecture, global } = this.loaded.config;
    const all = global.checkpoints ?? global.pretrainedModel;
    if (architecture.kind === "single") return [{ name: onlyNetwork, learns: true, weights: all }];
    return architecture.models.map(({ name, freeze, pretrained }) => ({
      name,
      learns: freeze === "learning",
      weights: all ?? pretrained,
    }));
  }

  /** Whether the network by which the training is judged learns. */
  get decidingLearns(): boolean {
    return this.parts.some(({ name, learns }) => name === this.deciding && learns);
  }

  /** What the lines of a section hold; the labels of detection are checked too. */
  lines(section: Section): Promise<ExaminedLines & { readonly count: number }> {
    const known = this.examined.get(section) ?? this.examineLines(section);
    this.examined.set(section, known);
    return known;
  }

  private async examineLines(section: Section): Promise<ExaminedLines & { readonly count: number }> {
    const dataSet = await openDataSet(this.loaded, section);
    try {
      return { ...(await examineLines(dataSet, this.loaded.dictionary)), count: dataSet.size };
    } finally {
      dataSet.close();
    }
  }

  /** Everything that the config describes, with its first weights, for one diagnosis alone. */
  async withRun<T>(work: (run: Run) => Promise<T> | T): Promise<T> {
    const run = await createRun(this.loaded);
    try {
      return await work(run);
    } finally {
      await run.train.close();
      await run.evaluation.close();
    }
  }

  /** The first samples of the first batch. */
  batch(): Promise<Batch> {
    this.sample ??= this.withRun(async ({ train, microBatchSize = samples }) => {
      for await (const batch of train.epoch()) return firstSamples(batch, Math.min(samples, microBatchSize));
      throw new Error("Train: there is no batch of which a sample can be used");
    });
    return this.sample;
  }
}

/** Data are read in this thread: little of them is. */
function withoutWorkers(loaded: LoadedConfig): LoadedConfig {
  const { train, evaluation } = loaded.config;
  const alone = (data: DataConfig): DataConfig => ({ ...data, loader: { ...data.loader, numWorkers: 0 } });
  return { ...loaded, config: { ...loaded.config, train: alone(train), evaluation: alone(evaluation) } };
}
