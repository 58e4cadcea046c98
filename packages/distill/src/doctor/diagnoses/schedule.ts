import { stepWarnings } from "../../config/checks/steps.js";
import type { OptimizerConfig } from "../../config/schema/optimizer.js";
import { scheduleFromConfig } from "../../training/optimizer-from-config.js";
import { makeLoader } from "../../training/run.js";
import { type Diagnosis, doubt, type Finding, fault, short } from "../diagnosis.js";
import { peakRate } from "../overfit.js";

/** Learning rates above which an update rule mostly breaks what was learnt. */
const tooHigh: { readonly [K in OptimizerConfig["algorithm"]["name"]]: number } = {
  Adam: 0.03,
  AdamW: 0.03,
  RMSProp: 0.03,
  SGD: 5,
  Momentum: 2,
  Adadelta: 10,
};

/** Fresh networks mostly read nothing before so many steps. */
const fewSteps = 500;

/** A learning rate that is 0, is too high from the first step, or never gets where it should; a training that is too short. */
export const schedule: Diagnosis = {
  name: "learning rate",
  asks: "Is the learning rate of use, at step 0 and later?",
  async examine(patient) {
    const { config } = patient.loaded;
    const loader = makeLoader(patient.loaded, "train");
    const stepsPerEpoch = loader.batchesPerEpoch;
    await loader.close();
    const steps = config.global.epochNum * stepsPerEpoch;
    const rate = scheduleFromConfig(config.optimizer.schedule, config.global.epochNum, stepsPerEpoch);
    const [first, last, peak] = [rate(0), rate(Math.max(0, steps - 1)), peakRate(patient, stepsPerEpoch)];
    const findings: Finding[] = [];
    const { name } = config.optimizer.algorithm;
    if (peak === 0) {
      findings.push(
        fault(
          "The learning rate is 0 in every step: nothing is learnt.",
          "Set Optimizer.lr.learning_rate, for Adam to 0.001.",
        ),
      );
    } else if (first > tooHigh[name] || peak > 3 * tooHigh[name]) {
      findings.push(
        fault(
          `The learning rate is ${short(first)} at step 0 and ${short(peak)} at most; ${name} hardly ever learns above ${tooHigh[name]}.`,
          `Set Optimizer.lr.learning_rate to ${short(tooHigh[name] / 30)}, and let it rise: Optimizer.lr.warmup_epoch: 1.`,
        ),
      );
    } else if (first < peak && last >= 0.99 * peak && rate(Math.floor(steps / 2)) < 0.75 * peak) {
      findings.push(
        fault(
          `The learning rate is still rising when the training ends after ${steps} steps: from ${short(first)} to ${short(peak)}; the warm-up is longer than the training.`,
          "Shorten it (Optimizer.lr.warmup_epoch, or warmup_steps), or train longer (Global.epoch_num).",
        ),
      );
    }
    for (const warning of stepWarnings(config, stepsPerEpoch)) {
      findings.push(doubt(`${warning}.`, "Choose it by the number of steps that there are."));
    }
    if (steps < fewSteps && patient.parts.some(({ learns, weights }) => learns && weights === undefined)) {
      findings.push(
        doubt(
          `The training has ${steps} steps; networks that begin with fresh weights mostly read nothing before 1,000.`,
          "Train longer (Global.epoch_num), with more data, or begin with weights (Global.pretrained_model).",
        ),
      );
    }
    return {
      seen: `${short(first)} at step 0, ${short(peak)} at most, ${short(last)} at the end of ${steps} steps`,
      findings,
    };
  },
};
