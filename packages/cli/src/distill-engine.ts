import {
  benchInference,
  benchTrainStep,
  detectFromConfig,
  detectFromOnnx,
  evaluateFromConfig,
  examine,
  exportNetworks,
  extract,
  findsBoxes,
  importWeights,
  inferFromConfig,
  inferFromOnnx,
  inspectData,
  onnxFindsBoxes,
  openDevice,
  openRun,
  plan,
  reviewRun,
  trainFromConfig,
} from "@retort/distill";
import type { Communicator } from "@retort/distill/parallel";
import type { Engine } from "./engine.js";

/** The engine of `@retort/distill` on one of several processes that train and evaluate together. */
export function engineOf(ranks: Communicator): Engine {
  return {
    ...distillEngine,
    plan: (config, overrides) => plan(config, overrides, ranks),
    openDevice: (config, overrides) => openDevice(config, overrides, ranks),
    train: (config, overrides, signal) => trainFromConfig(config, overrides, signal, ranks),
    evaluate: (config, overrides) => evaluateFromConfig(config, overrides, ranks),
  };
}

/** The engine of `@retort/distill`. */
export const distillEngine: Engine = {
  plan,
  inspectData,
  openDevice,
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
  examine,
  openRun,
  reviewRun,
  benchTrainStep,
  benchInference,
};
