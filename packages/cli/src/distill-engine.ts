import {
  benchTrainStep,
  detectFromConfig,
  evaluateFromConfig,
  examine,
  extract,
  findsBoxes,
  inferFromConfig,
  inspectData,
  openRun,
  plan,
  reviewRun,
  trainFromConfig,
} from "@retort/distill";
import type { Engine } from "./engine.js";

/** The engine of `@retort/distill`. */
export const distillEngine: Engine = {
  plan,
  inspectData,
  train: trainFromConfig,
  evaluate: evaluateFromConfig,
  findsBoxes,
  detect: detectFromConfig,
  infer: inferFromConfig,
  extract,
  examine,
  openRun,
  reviewRun,
  benchTrainStep,
};
