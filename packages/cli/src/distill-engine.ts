import {
  benchTrainStep,
  detectFromConfig,
  detectFromOnnx,
  evaluateFromConfig,
  exportNetworks,
  extract,
  findsBoxes,
  importWeights,
  inferFromConfig,
  inferFromOnnx,
  inspectData,
  onnxFindsBoxes,
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
  findsBoxes,
  detect: detectFromConfig,
  infer: inferFromConfig,
  onnxFindsBoxes,
  detectWithOnnx: detectFromOnnx,
  inferWithOnnx: inferFromOnnx,
  export: exportNetworks,
  import: importWeights,
  extract,
  benchTrainStep,
};
