import { StateDictError, type StateDifference } from "@retort/autograd/nn";
import type { Network } from "@retort/ocr-models";
import type { Tensor } from "@retort/tensor";

/** In what a state differs from a network's; one that does not is loaded. */
export function differencesOf(network: Network, state: ReadonlyMap<string, Tensor>): readonly StateDifference[] {
  try {
    return network.loadStateDict(state);
  } catch (error) {
    if (error instanceof StateDictError) return error.differences;
    throw error;
  }
}
