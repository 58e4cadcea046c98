import { type Module, StateDictError } from "@retort/autograd/nn";
import { sameShape, type Tensor } from "@retort/tensor";
import { onlyNetwork } from "../losses/from-config.js";
import { DistillationModel } from "../model/distillation-model.js";

type State = ReadonlyMap<string, Tensor>;

/**
 * Loads weights into a network, strictly. `what` names them in errors: the config's key and the file.
 * @throws Error with a table of the differences (key, expected and found shape), or, where names of sub-networks in front
 *   of the keys are all that is wrong, with these and what to do
 */
export function loadWeights(network: Module, weights: State, what: string): void {
  try {
    network.loadStateDict(weights);
  } catch (error) {
    if (!(error instanceof StateDictError)) throw error;
    const advice = prefixAdvice(network, weights);
    if (advice !== undefined) throw new Error(`${what}: ${advice}`);
    throw new Error(`${what}: ${error.message}`, { cause: error });
  }
}

/** What to do where names of sub-networks are all that is wrong. */
function prefixAdvice(network: Module, weights: State): string | undefined {
  const own = network.stateDict();
  const tooMuch = firstParts(weights).filter((name) => fits(own, below(name, weights)));
  if (tooMuch.length > 0) {
    return (
      `the keys fit without the prefix ${listed(tooMuch)} of a sub-network: take it out with ` +
      `"retort extract CHECKPOINT --model ${tooMuch[0]} -o FILE" and name that file`
    );
  }
  if (!(network instanceof DistillationModel)) return undefined;
  const lacking = [...network.networks.keys()].filter((name) => fits(below(name, own), weights));
  if (lacking.length === 0 || lacking[0] === onlyNetwork) return undefined;
  return (
    `the keys fit with the prefix ${listed(lacking)} of a sub-network: ` +
    `name the file as Architecture.Models.${lacking[0]}.pretrained`
  );
}

const listed = (names: readonly string[]): string => names.map((name) => `"${name}."`).join(" or ");

/** What stands before the first dot of the keys. */
function firstParts(state: State): string[] {
  return [...new Set([...state.keys()].map((key) => key.split(".", 1)[0]))];
}

/** What belongs to one sub-network, without its name. */
function below(network: string, state: State): State {
  const prefix = `${network}.`;
  const own = [...state].filter(([key]) => key.startsWith(prefix));
  return new Map(own.map(([key, value]) => [key.slice(prefix.length), value]));
}

/** Whether a state has every tensor of a network, under one of its keys, and nothing else. */
function fits(own: State, state: State): boolean {
  const known = [...state].every(([key, { shape }]) => {
    const wanted = own.get(key);
    return wanted !== undefined && sameShape(wanted.shape, shape);
  });
  const there = new Set([...state.keys()].map((key) => own.get(key)));
  return known && new Set(own.values()).size === there.size;
}
