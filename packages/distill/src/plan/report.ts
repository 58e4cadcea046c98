/** One network of a plan. */
export interface NetworkPlan {
  /** Empty for a network alone. */
  readonly name: string;
  /** Numbers in its weights and biases. */
  readonly parameters: number;
  readonly freeze: "learning" | "frozen" | "reference";
  /** File of its first weights. */
  readonly pretrained?: string;
}

/** A loss, and what it reads. */
export interface LossPlan {
  readonly kind: string;
  readonly weight: number;
  readonly ramp?: { readonly start: number; readonly steps: number };
  readonly feature: string;
  /** What brings the first feature of each pair to the shape of the second. */
  readonly adapter?: "conv1x1" | "linear" | "resize";
  /** The networks whose feature it reads, with its shape [batch, ...]. */
  readonly reads: readonly { readonly network: string; readonly shape: readonly number[] }[];
}

/** How training goes in time. */
export interface SchedulePlan {
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly steps: number;
  /** Steps until the learning rate is highest for the first time; 0 without a warm-up. */
  readonly warmupSteps: number;
  /** Learning rate of the first step, the middle one, and the last one. */
  readonly learningRates: readonly [number, number, number];
}

/** What the label files of a section hold. */
export interface DataPlan {
  readonly section: "Train" | "Eval";
  readonly files: readonly { readonly file: string; readonly lines: number }[];
  /** Characters of the labels that the dictionary lacks, the most frequent first. */
  readonly unknownCharacters: readonly { readonly character: string; readonly count: number }[];
  /** How many images were decoded to see whether they can be: all of those that labels allow, up to 10,000. */
  readonly images: number;
  /** Of labels of detection, how many regions of text they hold, and how many of these nobody has to find. */
  readonly regions?: { readonly count: number; readonly ignored: number };
  /** Samples that cannot be used, by reason, the most frequent first, with the first one of each. */
  readonly unusable: Readonly<Record<string, { readonly count: number; readonly first: string }>>;
}

/** Memory in bytes. */
export interface MemoryPlan {
  /** What tensors take at most during one training step, of parts of `microBatch` samples. */
  readonly peakBytes: number;
  readonly microBatch: number;
  /** What this process may use. */
  readonly availableBytes: number;
}

/** What a config means, found without training. */
export interface PlanReport {
  readonly headline: string;
  readonly warnings: readonly string[];
  /** The same as the fields below, as titled lists of lines. */
  readonly sections: readonly { readonly title: string; readonly lines: readonly string[] }[];
  readonly networks: readonly NetworkPlan[];
  readonly losses: readonly LossPlan[];
  readonly schedule: SchedulePlan;
  readonly data: readonly DataPlan[];
  readonly dictionary: { readonly characters: number; readonly file?: string };
  readonly memory: MemoryPlan;
}
