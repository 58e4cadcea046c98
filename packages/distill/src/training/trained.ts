import type { Device } from "@retort/tensor";
import type { LoadedConfig } from "../config/load.js";
import type { DistillationModel } from "../model/distillation-model.js";
import { loadWeightFile } from "../weights/load-weight-file.js";
import { seededModel } from "./run.js";

/** A trained model as its config makes it. */
export interface Trained {
  readonly model: DistillationModel;
  /** The file that the weights are from. */
  readonly checkpoint: string;
}

/**
 * Loads `Global.checkpoints`, or else `Global.pretrained_model` if an override names it, or else the best model of
 * `Global.save_model_dir`; a `pretrained_model` of the file itself, from which a training begins, only where no training
 * has a best model yet. These hold all networks, so the `pretrained` files that training began with are not read and need
 * not be there.
 * @throws Error naming the checkpoint that is missing
 */
export async function loadTrained(loaded: LoadedConfig, device?: Device): Promise<Trained> {
  const [key, file] = await weightsOf(loaded);
  const model = seededModel(loaded, device);
  return { model, checkpoint: await loadWeightFile(model, file, `Global.${key}`) };
}

/** The key of `Global` that says which weights are used, and their file. */
async function weightsOf({ config, isOverridden }: LoadedConfig): Promise<[key: string, file: string]> {
  const { existsSync } = await import("node:fs");
  const { checkpoints, pretrainedModel, saveModelDir } = config.global;
  const best = `${saveModelDir}/best_accuracy`;
  if (checkpoints !== undefined) return ["checkpoints", checkpoints];
  if (pretrainedModel !== undefined && (isOverridden(["Global", "pretrained_model"]) || !existsSync(`${best}.json`))) {
    return ["pretrained_model", pretrainedModel];
  }
  return ["save_model_dir", best];
}
