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
 * Loads `Global.checkpoints` or, without one, `Global.pretrained_model` or the best model of `Global.save_model_dir`. These
 * hold all networks, so the `pretrained` files that training began with are not read and need not be there.
 * @throws Error naming the checkpoint that is missing
 */
export async function loadTrained(loaded: LoadedConfig, device?: Device): Promise<Trained> {
  const { checkpoints, pretrainedModel, saveModelDir } = loaded.config.global;
  const model = seededModel(loaded, device);
  if (checkpoints !== undefined) return { model, checkpoint: await load(model, checkpoints, "checkpoints") };
  if (pretrainedModel !== undefined)
    return { model, checkpoint: await load(model, pretrainedModel, "pretrained_model") };
  return { model, checkpoint: await load(model, `${saveModelDir}/best_accuracy`, "save_model_dir") };
}

const load = (model: DistillationModel, file: string, key: string): Promise<string> =>
  loadWeightFile(model, file, `Global.${key}`);
