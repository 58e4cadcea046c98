import { z } from "zod";
import { byName, integer, number, type Schema, section } from "./build.js";

/**
 * The learning rate over time (reference: `ppocr/optimizer/learning_rate.py`). Epochs and cycles are in epochs, and may
 * be fractions where the reference rounds to steps. `warmupEpoch`: the rate rises linearly from 0 over so many epochs.
 */
export type ScheduleConfig =
  | { name: "Const" | "Cosine" | "TwoStepCosine"; learningRate: number; warmupEpoch: number }
  | { name: "Linear"; learningRate: number; endLr: number; power: number; warmupEpoch: number }
  | { name: "Step"; learningRate: number; stepSize: number; gamma: number; warmupEpoch: number }
  | { name: "Piecewise"; decayEpochs: readonly number[]; values: readonly number[]; warmupEpoch: number }
  | { name: "MultiStepDecay"; learningRate: number; milestones: readonly number[]; gamma: number; warmupEpoch: number }
  | { name: "CyclicalCosine"; learningRate: number; cycle: number; warmupEpoch: number }
  | { name: "OneCycle"; maxLr: number; annealStrategy: "cos" | "linear"; threePhase: boolean; warmupEpoch: number }
  | { name: "LinearWarmupCosine"; learningRate: number; warmupSteps: number; startLr: number; minLr: number }
  | { name: "DecayLearningRate"; learningRate: number; factor: number };

const rate = number({ min: 0 });
const epochs = z.array(number({ min: 0 }));
const warmup_epoch = number({ min: 0 }).default(0);
const named = <N extends string>(name: N) => ({ name: z.literal(name) });

const plain = (name: "Const" | "Cosine" | "TwoStepCosine"): Schema<ScheduleConfig> =>
  section({ ...named(name), learning_rate: rate, warmup_epoch }).transform((raw) => ({
    name,
    learningRate: raw.learning_rate,
    warmupEpoch: raw.warmup_epoch,
  }));

const linear = section({
  ...named("Linear"),
  learning_rate: rate,
  end_lr: rate.default(0),
  power: number({ above: 0 }).default(1),
  warmup_epoch,
}).transform(
  (raw): ScheduleConfig => ({
    name: raw.name,
    learningRate: raw.learning_rate,
    endLr: raw.end_lr,
    power: raw.power,
    warmupEpoch: raw.warmup_epoch,
  }),
);

const stepwise = section({
  ...named("Step"),
  learning_rate: rate,
  step_size: number({ above: 0 }),
  gamma: rate,
  warmup_epoch,
}).transform(
  (raw): ScheduleConfig => ({
    name: raw.name,
    learningRate: raw.learning_rate,
    stepSize: raw.step_size,
    gamma: raw.gamma,
    warmupEpoch: raw.warmup_epoch,
  }),
);

const rising = (list: readonly number[]): boolean => list.every((value, i) => i === 0 || value > list[i - 1]);
const notRising = "expected rising epochs";

// A published recipe has [700, 800] with two values: the reference never uses an epoch after the last change.
const piecewise = section({ ...named("Piecewise"), decay_epochs: epochs, values: z.array(rate).min(1), warmup_epoch })
  .refine((raw) => rising(raw.decay_epochs), { path: ["decay_epochs"], error: notRising })
  .refine((raw) => [0, 1].includes(raw.decay_epochs.length + 1 - raw.values.length), {
    path: ["values"],
    error: "expected one value more than decay_epochs has (or as many)",
  })
  .transform(
    (raw): ScheduleConfig => ({
      name: raw.name,
      decayEpochs: raw.decay_epochs.slice(0, raw.values.length - 1),
      values: raw.values,
      warmupEpoch: raw.warmup_epoch,
    }),
  );

const multiStep = section({
  ...named("MultiStepDecay"),
  learning_rate: rate,
  milestones: epochs,
  gamma: rate,
  warmup_epoch,
})
  .refine((raw) => rising(raw.milestones), { path: ["milestones"], error: notRising })
  .transform(
    (raw): ScheduleConfig => ({
      name: raw.name,
      learningRate: raw.learning_rate,
      milestones: raw.milestones,
      gamma: raw.gamma,
      warmupEpoch: raw.warmup_epoch,
    }),
  );

const cyclical = section({
  ...named("CyclicalCosine"),
  learning_rate: rate,
  cycle: number({ above: 0 }),
  warmup_epoch,
}).transform(
  (raw): ScheduleConfig => ({
    name: raw.name,
    learningRate: raw.learning_rate,
    cycle: raw.cycle,
    warmupEpoch: raw.warmup_epoch,
  }),
);

const oneCycle = section({
  ...named("OneCycle"),
  max_lr: rate,
  anneal_strategy: z.enum(["cos", "linear"]).default("cos"),
  three_phase: z.boolean().default(false),
  warmup_epoch,
}).transform(
  (raw): ScheduleConfig => ({
    name: raw.name,
    maxLr: raw.max_lr,
    annealStrategy: raw.anneal_strategy,
    threePhase: raw.three_phase,
    warmupEpoch: raw.warmup_epoch,
  }),
);

const warmupCosine = section({
  ...named("LinearWarmupCosine"),
  learning_rate: rate,
  warmup_steps: integer(0).default(5000),
  start_lr: rate.default(1e-5),
  min_lr: rate.default(1e-8),
}).transform(
  (raw): ScheduleConfig => ({
    name: raw.name,
    learningRate: raw.learning_rate,
    warmupSteps: raw.warmup_steps,
    startLr: raw.start_lr,
    minLr: raw.min_lr,
  }),
);

const decay = section({
  ...named("DecayLearningRate"),
  learning_rate: rate,
  factor: number({ above: 0 }).default(0.9),
}).transform((raw): ScheduleConfig => ({ name: raw.name, learningRate: raw.learning_rate, factor: raw.factor }));

/** Every schedule that a config can name. */
const schedules: Readonly<Record<ScheduleConfig["name"], Schema<ScheduleConfig>>> = {
  Const: plain("Const"),
  Cosine: plain("Cosine"),
  TwoStepCosine: plain("TwoStepCosine"),
  Linear: linear,
  Step: stepwise,
  Piecewise: piecewise,
  MultiStepDecay: multiStep,
  CyclicalCosine: cyclical,
  OneCycle: oneCycle,
  LinearWarmupCosine: warmupCosine,
  DecayLearningRate: decay,
};

export const schedule: Schema<ScheduleConfig> = byName("schedule", schedules);
