import type { Engine } from "./engine.js";

const missing = (): never => {
  throw new Error("the training library is not bound yet");
};

/** The engine of `@retort/distill`. */
export const distillEngine: Engine = {
  plan: missing,
  train: missing,
  evaluate: missing,
  infer: missing,
  benchTrainStep: missing,
};
