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
  const { existsSync } = await import("node:fs");
  const { checkpoints, pretrainedModel, saveModelDir } = loaded.config.global;
  const best = `${saveModelDir}/best_accuracy`;
  const asked = loaded.isOverridden(["Global", "pretrained_model"]) || !existsSync(`${best}.json`);
  const model = seededModel(loaded, device);
  if (checkpoints !== undefined) return { model, checkpoint: await load(model, checkpoints, "checkpoints") };
  if (pretrainedModel !== undefined && asked) {
    return { model, checkpoint: await load(model, pretrainedModel, "pretrained_model") };
  }
  return { model, checkpoint: await load(model, best, "save_model_dir") };
}

const load = (model: DistillationModel, file: string, key: string): Promise<string> =>
  loadWeightFile(model, file, `Global.${key}`);
