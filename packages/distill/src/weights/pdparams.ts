import { FormatError, type HostArray } from "@retort/tensor";
import { readPaddleFile, tensorOf } from "./paddle-file.js";
import { describeItem } from "./pickle/values.js";

/** What a `.pdparams` file holds. */
export interface PaddleWeights {
  /** Arrays by state-dict key, in the order of the file. */
  readonly tensors: ReadonlyMap<string, HostArray>;
  /** Paddle's own names of the parameters by key, as far as the file has them; `.pdopt` files speak of these. */
  readonly parameterNames: ReadonlyMap<string, string>;
}

/**
 * Reads the state dict of a network as `paddle.save` writes it, from the bytes of a `.pdparams` file. The keys are the
 * reference's, which are those of Retort.
 * @throws PickleError when the bytes are no pickle, or one that asks for more than arrays
 * @throws FormatError naming the entry that is no tensor
 */
export function readPdparams(bytes: Uint8Array): PaddleWeights {
  const { entries, parameterNames } = readPaddleFile(bytes);
  const tensors = new Map<string, HostArray>();
  const names = new Map(parameterNames);
  for (const [key, value] of entries) {
    const tensor = tensorOf(value);
    if (tensor === undefined) throw new FormatError(`"${key}" is ${describeItem(value)}, expected a tensor`);
    tensors.set(key, tensor.array);
    if (tensor.name !== undefined) names.set(key, tensor.name);
  }
  return { tensors, parameterNames: names };
}
