import { FormatError, type HostArray } from "@retort/tensor";
import { dictionary, readPaddleFile, tensorOf } from "./paddle-file.js";
import { describeItem, type PickleKey, type PickleValue } from "./pickle/values.js";

/** What a `.pdopt` file holds. */
export interface PaddleOptimizerState {
  /** By Paddle's name of the parameter (`linear_0.w_0`) the accumulators of the optimizer, such as `moment1`. */
  readonly accumulators: ReadonlyMap<string, ReadonlyMap<string, HostArray>>;
  /** float32 copies of parameters in half precision, by Paddle's name of the parameter. */
  readonly masterWeights: ReadonlyMap<string, HostArray>;
  /** The schedule: `last_epoch`, `last_lr` and what else it keeps. Missing where the learning rate is a constant. */
  readonly schedule?: ReadonlyMap<PickleKey, PickleValue>;
}

/** Accumulators of Adam, AdamW, Momentum, RMSProp and Adadelta: `{parameter}_{accumulator}_{number}`. */
const accumulatorKey =
  /^(.+)_(moment1|moment2|moment2_max|beta1_pow_acc|beta2_pow_acc|velocity|momentum|mean_square|mean_grad|_avg_squared_grad|_avg_squared_update)_\d+$/s;

/**
 * Reads the state of an optimizer as `paddle.save` writes it, from the bytes of a `.pdopt` file
 * (paddle/optimizer/optimizer.py, `state_dict`).
 * @throws PickleError when the bytes are no pickle, or one that asks for more than arrays
 * @throws FormatError naming the entry that is none of an optimizer
 */
export function readPdopt(bytes: Uint8Array): PaddleOptimizerState {
  const entries = new Map(readPaddleFile(bytes).entries);
  const schedule = take(entries, "LR_Scheduler");
  const masterWeights = tensorsOf(take(entries, "master_weights") ?? new Map(), "master_weights: ");
  const accumulators = new Map<string, Map<string, HostArray>>();
  for (const [key, array] of tensorsOf(entries, "")) {
    const [, parameter, accumulator] = accumulatorKey.exec(key) ?? [];
    if (parameter === undefined) throw new FormatError(`"${key}" is no accumulator of an optimizer that is known here`);
    const own = accumulators.get(parameter) ?? new Map<string, HostArray>();
    if (own.has(accumulator)) throw new FormatError(`"${key}" is a second ${accumulator} of ${parameter}`);
    accumulators.set(parameter, own.set(accumulator, array));
  }
  return { accumulators, masterWeights, schedule };
}

/** Takes a dictionary out of the entries, if it is there. */
function take(entries: Map<string, PickleValue>, key: string): ReadonlyMap<PickleKey, PickleValue> | undefined {
  const value = entries.get(key);
  entries.delete(key);
  return value === undefined ? undefined : dictionary(value, key);
}

function tensorsOf(entries: ReadonlyMap<PickleKey, PickleValue>, where: string): Map<string, HostArray> {
  const tensors = new Map<string, HostArray>();
  for (const [key, value] of entries) {
    const tensor = tensorOf(value);
    if (tensor === undefined) throw new FormatError(`${where}"${key}" is ${describeItem(value)}, expected a tensor`);
    tensors.set(`${key}`, tensor.array);
  }
  return tensors;
}
