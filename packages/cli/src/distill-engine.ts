import { benchTrainStep, evaluateFromConfig, inferFromConfig, trainFromConfig } from "@retort/distill";
import type { Engine } from "./engine.js";

const missing = (): never => {
  throw new Error("the training library is not bound yet");
};

/** The engine of `@retort/distill`. */
export const distillEngine: Engine = {
  plan: missing,
  train: trainFromConfig,
  evaluate: evaluateFromConfig,
  infer: inferFromConfig,
  benchTrainStep,
};
