import type { LoadedConfig } from "../config/load.js";
import type { DistillationModel } from "../model/distillation-model.js";
import { loadWeightFile } from "../weights/load-weight-file.js";
import { makeModel } from "./run.js";

/** A trained model as its config makes it. */
export interface Trained {
  readonly model: DistillationModel;
  /** The file that the weights are from. */
  readonly checkpoint: string;
}

/**
 * Loads `Global.checkpoints` or, without one, `Global.pretrained_model` or the best model of `Global.save_model_dir`.
 * @throws Error naming the checkpoint that is missing
 */
export async function loadTrained(loaded: LoadedConfig): Promise<Trained> {
  const { checkpoints, pretrainedModel, saveModelDir } = loaded.config.global;
  const model = await makeModel(loaded);
  if (checkpoints === undefined && pretrainedModel !== undefined) return { model, checkpoint: pretrainedModel };
  const key = checkpoints === undefined ? "Global.save_model_dir" : "Global.checkpoints";
  const checkpoint = await loadWeightFile(model, checkpoints ?? `${saveModelDir}/best_accuracy`, key);
  return { model, checkpoint };
}
