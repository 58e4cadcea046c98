import type { Module, StateDifference } from "@retort/autograd/nn";

/** How much of one part of a network a file had. */
export interface PartMatch {
  /** Such as `backbone` or `head.ctc_head`. */
  readonly part: string;
  /** Tensors that the network has there. */
  readonly tensors: number;
  readonly matched: number;
  readonly missing: number;
  /** Tensors of another shape. */
  readonly misshaped: number;
  /** Tensors of the file that the network does not have. */
  readonly unexpected: number;
}

/** Counts what matched in each part of a network, in the order of its keys; parts that only the file has come last. */
export function partMatches(network: Module, differences: readonly StateDifference[]): PartMatch[] {
  const keys = [...network.stateDict({ aliases: false }).keys()];
  const own = new Set(keys);
  const counted = differences.filter(({ key, problem }) => problem === "unexpected" || own.has(key));
  const parts = new Set([...keys, ...counted.map(({ key }) => key)].map(partOf));
  return [...parts].map((part) => {
    const count = (problem: StateDifference["problem"]): number =>
      counted.filter((difference) => difference.problem === problem && partOf(difference.key) === part).length;
    const tensors = keys.filter((key) => partOf(key) === part).length;
    const [missing, misshaped, unexpected] = [count("missing"), count("shape"), count("unexpected")];
    return {
      part,
      tensors,
      matched: tensors - missing - misshaped - count("conflict"),
      missing,
      misshaped,
      unexpected,
    };
  });
}

/** The first name of a key; of one of several heads the first two. */
function partOf(key: string): string {
  const names = key.split(".");
  return names.slice(0, names[0] === "head" && names.length > 3 ? 2 : 1).join(".");
}
