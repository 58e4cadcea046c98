import {
  benchTrainStep,
  evaluateFromConfig,
  inferFromConfig,
  inspectData,
  plan,
  trainFromConfig,
} from "@retort/distill";
import type { Engine } from "./engine.js";

/** The engine of `@retort/distill`. */
export const distillEngine: Engine = {
  plan,
  inspectData,
  train: trainFromConfig,
  evaluate: evaluateFromConfig,
  infer: inferFromConfig,
  benchTrainStep,
};
