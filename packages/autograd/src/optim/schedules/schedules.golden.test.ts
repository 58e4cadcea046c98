import { expect } from "vitest";
import { compare, golden, goldenSuite } from "../../../../../fixtures/goldens.js";
import {
  constant,
  cosine,
  cyclicalCosine,
  oneCycle,
  piecewise,
  polynomial,
  type Schedule,
  stepDecay,
  warmup,
  warmupSteps,
} from "./index.js";

interface Config {
  readonly name: string;
  readonly learning_rate: number;
  readonly max_lr: number;
  readonly warmup_epoch?: number;
  readonly decay_epochs: readonly number[];
  readonly values: readonly number[];
  readonly step_size: number;
  readonly gamma: number;
  readonly cycle: number;
}

interface Case {
  readonly config: Config;
  readonly epochs: number;
  readonly step_each_epoch: number;
  readonly values: readonly number[];
}

function inner({ config, epochs, step_each_epoch: stepsPerEpoch }: Case): Schedule {
  const { learning_rate: learningRate } = config;
  const totalSteps = epochs * stepsPerEpoch;
  switch (config.name) {
    case "Piecewise":
      return piecewise({ boundaries: config.decay_epochs.map((e) => e * stepsPerEpoch), values: config.values });
    case "Cosine":
      return cosine({ learningRate, totalSteps });
    case "Linear":
      return polynomial({ learningRate, totalSteps });
    case "Step":
      return stepDecay({ learningRate, interval: config.step_size * stepsPerEpoch, gamma: config.gamma });
    case "Const":
      return constant({ learningRate });
    case "CyclicalCosine":
      return cyclicalCosine({ learningRate, cycle: config.cycle * stepsPerEpoch });
    case "OneCycle":
      return oneCycle({ maxLearningRate: config.max_lr, totalSteps });
    default:
      throw new Error(`the golden file has a schedule that this test does not know: ${config.name}`);
  }
}

goldenSuite("schedules", () => {
  golden("schedules.json", (g) => {
    const cases = g.case as readonly Case[];
    for (const stored of cases) {
      const { config, step_each_epoch: stepsPerEpoch } = stored;
      const schedule = warmup(inner(stored), {
        steps: warmupSteps(config.warmup_epoch ?? 0, stepsPerEpoch),
        learningRate: config.learning_rate ?? config.values?.[0],
      });
      const found = stored.values.map((_, step) => schedule(step));
      expect(found).toHaveLength(50);
      const bound = (i: number) => 1e-12 * Math.abs(stored.values[i]) + 1e-18;
      compare(found, stored.values, `${config.name}, warm-up ${config.warmup_epoch ?? 0}`, bound);
      g.compared(1);
    }
  });
});
