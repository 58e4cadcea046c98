import { type Module, StateDictError } from "@retort/autograd/nn";
import { sameShape, type Tensor } from "@retort/tensor";
import { findWeights, readWeightFile } from "./weight-file.js";

type State = ReadonlyMap<string, Tensor>;

/**
 * Loads the weights that `key` of a config names into a network, strictly. Returns the file that they are from.
 * @throws Error naming the key and the file that is missing, cannot be read or does not fit; see `loadWeights`
 */
export async function loadWeightFile(network: Module, path: string, key: string): Promise<string> {
  const found = await findWeights(path, key);
  loadWeights(network, await readWeightFile(found), `${key}: ${found.file}`);
  return found.file;
}

/**
 * Loads weights into a network, strictly. `what` names them in errors: the config's key and the file.
 * @throws Error with the table of differences, and with the prefix that keys lack or have too much where that is all
 */
export function loadWeights(network: Module, weights: State, what: string): void {
  try {
    network.loadStateDict(weights);
  } catch (error) {
    if (!(error instanceof StateDictError)) throw error;
    const advice = [prefixAdvice(network.stateDict(), weights), error.message].filter((line) => line !== undefined);
    throw new Error(`${what}: ${advice.join("\n")}`, { cause: error });
  }
}

/** What to do where names of sub-networks are all that is wrong. */
function prefixAdvice(own: State, weights: State): string | undefined {
  const tooMuch = networksIn(weights).filter((name) => fits(own, below(name, weights)));
  if (tooMuch.length > 0) {
    const [name] = tooMuch;
    return `without the prefix ${listed(tooMuch)} its keys fit: "retort extract ... --model ${name}" takes them out`;
  }
  const lacking = networksIn(own).filter((name) => fits(below(name, own), weights));
  if (lacking.length === 0) return undefined;
  const [name] = lacking;
  return `with the prefix ${listed(lacking)} its keys fit: name it as Architecture.Models.${name}.pretrained`;
}

const listed = (names: readonly string[]): string => names.map((name) => `"${name}."`).join(" or ");

/** First parts of the keys. */
function networksIn(state: State): string[] {
  return [...new Set([...state.keys()].map((key) => key.split(".", 1)[0]))];
}

/** What belongs to one network, without its name. */
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
