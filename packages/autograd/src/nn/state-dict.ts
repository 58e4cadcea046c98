import { formatShape, type Shape, sameShape, type Tensor } from "@retort/tensor";

/** A difference between a state dict and the module that it was meant for. */
export interface StateDifference {
  readonly key: string;
  /** `conflict`: the state has other values under `other`, which is a key of the same tensor. */
  readonly problem: "missing" | "unexpected" | "shape" | "conflict";
  readonly expected?: readonly number[];
  readonly found?: readonly number[];
  readonly other?: string;
}

/** A state dict does not fit its module; the message is a table of the differences. */
export class StateDictError extends Error {
  override name = "StateDictError";
  readonly differences: readonly StateDifference[];

  constructor(differences: readonly StateDifference[]) {
    const rows = differences.map((difference) => `  ${describe(difference)}`);
    super(`the state dict does not fit the network, ${differences.length} differences:\n${rows.join("\n")}`);
    this.differences = differences;
  }
}

function describe({ key, problem, expected, found, other }: StateDifference): string {
  if (problem === "conflict") return `conflict   ${key}  holds other values than ${other}, one tensor under two keys`;
  const shape = (value?: Shape): string => (value === undefined ? "-" : formatShape(value));
  return `${problem.padEnd(10)} ${key}  expected ${shape(expected)}  found ${shape(found)}`;
}

/**
 * What keeps a state from fitting tensors of these shapes, each with all of its keys. One key of a tensor is enough; all
 * are missing where none is there.
 */
export function stateDifferences(
  wanted: Iterable<{ readonly keys: readonly string[]; readonly shape: Shape }>,
  state: ReadonlyMap<string, Tensor>,
): StateDifference[] {
  const differences: StateDifference[] = [];
  const known = new Set<string>();
  for (const { keys, shape } of wanted) {
    for (const key of keys) known.add(key);
    differences.push(...differencesOf(keys, shape, state));
  }
  for (const [key, { shape }] of state)
    if (!known.has(key)) differences.push({ key, problem: "unexpected", found: shape });
  return differences;
}

function differencesOf(keys: readonly string[], shape: Shape, state: ReadonlyMap<string, Tensor>): StateDifference[] {
  const present = keys.filter((key) => state.has(key));
  if (present.length === 0) return keys.map((key) => ({ key, problem: "missing", expected: shape }));
  const [first, ...others] = present;
  const values = state.get(first) as Tensor;
  const misfits = present.filter((key) => !sameShape((state.get(key) as Tensor).shape, shape));
  if (misfits.length > 0) {
    return misfits.map((key) => ({ key, problem: "shape", expected: shape, found: state.get(key)?.shape }));
  }
  return others
    .filter((key) => !sameValues(state.get(key) as Tensor, values))
    .map((key) => ({ key, problem: "conflict", other: first }));
}

function sameValues(a: Tensor, b: Tensor): boolean {
  if (a === b) return true;
  const [left, right] = [a.dataSync(), b.dataSync()];
  return left.every((value, i) => Object.is(value, right[i]));
}
