import { FormatError } from "@retort/tensor";
import { dictionary } from "./paddle-file.js";
import { unpickle } from "./pickle/unpickle.js";
import { describeItem, type PickleKey, type PickleValue } from "./pickle/values.js";

/** What a `.states` file of the reference holds: where a training stood. */
export interface TrainingStates {
  /** Epochs done. */
  readonly epoch: number;
  /** Steps done; older files do not tell. */
  readonly globalStep?: number;
  /** The best metrics, `best_epoch` among them. */
  readonly best: Readonly<Record<string, number | boolean>>;
}

/**
 * Reads where a training of the reference stood, from the bytes of a `.states` file (ppocr/utils/save_load.py).
 * @throws PickleError when the bytes are no pickle, or one that asks for more than numbers
 * @throws FormatError naming the entry that is missing or no number
 */
export function readStates(bytes: Uint8Array): TrainingStates {
  const file = dictionary(unpickle(bytes), "the file");
  const best: Record<string, number | boolean> = {};
  for (const [key, value] of dictionary(file.get("best_model_dict") ?? null, "best_model_dict")) {
    if (typeof value !== "number" && typeof value !== "boolean") {
      throw new FormatError(`best_model_dict: "${key}" is ${describeItem(value)}, expected a number`);
    }
    best[key] = value;
  }
  return {
    epoch: count(file, "epoch"),
    globalStep: file.has("global_step") ? count(file, "global_step") : undefined,
    best,
  };
}

function count(file: ReadonlyMap<PickleKey, PickleValue>, key: string): number {
  const value = file.get(key) ?? null;
  if (typeof value === "number") return value;
  throw new FormatError(`"${key}" is ${describeItem(value)}, expected a number`);
}
