import type { Parameter } from "@retort/autograd";
import * as O from "@retort/autograd/optim";
import type { ClipConfig, OptimizerConfig } from "../config/schema/optimizer.js";
import type { ScheduleConfig } from "../config/schema/schedule.js";

/** The learning rate of every step, from a config's `lr` section, whose lengths are in epochs. */
export function scheduleFromConfig(config: ScheduleConfig, epochs: number, stepsPerEpoch: number): O.Schedule {
  const totalSteps = epochs * stepsPerEpoch;
  const steps = (count: number): number => Math.trunc(count * stepsPerEpoch);
  if (config.name === "DecayLearningRate") return O.decayLearningRate({ ...config, totalSteps });
  if (config.name === "LinearWarmupCosine") {
    const { learningRate, warmupSteps, startLr, minLr } = config;
    return O.linearWarmupCosine({
      learningRate,
      totalSteps,
      warmupSteps,
      startLearningRate: startLr,
      minLearningRate: minLr,
    });
  }
  const inner = innerSchedule(config, totalSteps, steps);
  if (config.warmupEpoch === 0) return inner;
  const peak =
    config.name === "OneCycle" ? config.maxLr : config.name === "Piecewise" ? config.values[0] : config.learningRate;
  return O.warmup(inner, { steps: O.warmupSteps(config.warmupEpoch, stepsPerEpoch), learningRate: peak });
}

type Inner = Exclude<ScheduleConfig, { name: "DecayLearningRate" | "LinearWarmupCosine" }>;

function innerSchedule(config: Inner, totalSteps: number, steps: (epochs: number) => number): O.Schedule {
  switch (config.name) {
    case "Const":
      return O.constant(config);
    case "Cosine":
      return O.cosine({ ...config, totalSteps });
    case "TwoStepCosine":
      return O.twoStepCosine({ ...config, firstSteps: steps(200), totalSteps });
    case "Linear":
      return O.polynomial({ ...config, totalSteps, endLearningRate: config.endLr });
    case "Step":
      return O.stepDecay({ ...config, interval: steps(config.stepSize) });
    case "MultiStepDecay":
      return O.multiStepDecay({ ...config, milestones: config.milestones.map(steps) });
    case "Piecewise":
      return O.piecewise({ boundaries: config.decayEpochs.map(steps), values: config.values });
    case "CyclicalCosine":
      return O.cyclicalCosine({ ...config, cycle: steps(config.cycle) });
    case "OneCycle":
      return O.oneCycle({
        maxLearningRate: config.maxLr,
        totalSteps,
        anneal: config.annealStrategy,
        threePhase: config.threePhase,
      });
  }
}

function clipFromConfig({ by, limit }: ClipConfig): O.Clip {
  if (by === "value") return O.clipByValue(limit);
  return by === "norm" ? O.clipByNorm(limit) : O.clipByGlobalNorm(limit);
}

/** The optimizer of a config's Optimizer section over named parameters. */
export function optimizerFromConfig(
  config: OptimizerConfig,
  parameters: ReadonlyMap<string, Parameter>,
  epochs: number,
  stepsPerEpoch: number,
): O.Optimizer {
  const learningRate = scheduleFromConfig(config.schedule, epochs, stepsPerEpoch);
  const common = { learningRate, l2: config.l2, clip: config.clip && clipFromConfig(config.clip) };
  const list = parameters.values();
  const { algorithm } = config;
  switch (algorithm.name) {
    case "SGD":
      return new O.SGD(list, common);
    case "Momentum":
      return new O.Momentum(list, { ...common, momentum: algorithm.momentum });
    case "Adam":
      return new O.Adam(list, { ...common, ...algorithm });
    case "AdamW": {
      const { noWeightDecayNames: names, oneDimParamNoWeightDecay } = algorithm;
      const decays = O.decayFilter(parameters, { names, oneDimensional: oneDimParamNoWeightDecay });
      return new O.AdamW(list, { learningRate, clip: common.clip, ...algorithm, decays });
    }
    case "RMSProp":
      return new O.RMSProp(list, { ...common, ...algorithm });
    case "Adadelta":
      return new O.Adadelta(list, { ...common, ...algorithm });
  }
}
