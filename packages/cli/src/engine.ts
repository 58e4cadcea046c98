/** What commands ask of the training library, in the shape in which they show it. */
export interface Engine {
  /** Checks a config without training. Throws an error named ConfigError when it cannot be used. */
  plan(config: string, overrides: readonly string[]): Promise<PlanReport>;
  /** Trains; yields as it goes. An abort ends the sequence after a checkpoint was saved. */
  train(config: string, overrides: readonly string[], signal: AbortSignal): AsyncIterable<TrainReport>;
  /** Evaluates a checkpoint on the config's Eval section. */
  evaluate(config: string, overrides: readonly string[]): Promise<EvalReport>;
  /** Reads images with a checkpoint. */
  infer(config: string, overrides: readonly string[], images: readonly string[]): AsyncIterable<ImageReading>;
  /** Times training steps on random images and labels. */
  benchTrainStep(options: BenchOptions): Promise<BenchReport>;
}

/** What a config means. */
export interface PlanReport {
  /** One line: networks and their sizes, number of losses, of lines, of threads. */
  readonly headline: string;
  readonly warnings: readonly string[];
  /** Titled lists of lines: networks, losses, schedule, data, dictionary, memory. */
  readonly sections: readonly { readonly title: string; readonly lines: readonly string[] }[];
}

/** A step, an evaluation, or a file that was saved. */
export type TrainReport = TrainStep | TrainEvaluation | TrainSaved;

export interface TrainStep {
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

export interface TrainEvaluation {
  readonly kind: "evaluation";
  readonly step: number;
  /** By the names of the reference: `acc`, `norm_edit_dis`, `Teacher_acc`, ... */
  readonly metrics: Readonly<Record<string, number>>;
  readonly best: boolean;
}

export interface TrainSaved {
  readonly kind: "saved";
  readonly path: string;
}

export interface EvalReport {
  readonly metrics: Readonly<Record<string, number>>;
  readonly images: number;
  readonly checkpoint: string;
}

export interface ImageReading {
  readonly image: string;
  readonly readings: Readonly<Record<string, { readonly text: string; readonly confidence: number }>>;
}

export interface BenchOptions {
  readonly config: string;
  readonly overrides: readonly string[];
  readonly batch: number;
  readonly width: number;
  readonly classes: number;
  readonly threads?: number;
  readonly steps: number;
}

export interface BenchReport {
  readonly secondsPerStep: number;
  readonly imagesPerSecond: number;
  readonly peakMemoryBytes: number;
  /** Share of the time by operation, 0 to 1. */
  readonly share: Readonly<Record<string, number>>;
}
