import type { Communicator } from "./communicator.js";

/** What ranks must have in common, by name. */
export type Facts = Readonly<Record<string, string>>;

/** How many differences a message names. */
const shown = 5;

/** How facts differ from those of rank 0, in words. */
function differences(facts: Facts, first: Facts): string[] {
  const names = new Set([...Object.keys(first), ...Object.keys(facts)]);
  return [...names]
    .filter((name) => facts[name] !== first[name])
    .map((name) => `${name} is ${facts[name] ?? "missing"}, on rank 0 ${first[name] ?? "missing"}`);
}

/**
 * Makes sure that all ranks have the same facts. All of them throw the same error.
 * @throws Error naming the ranks that differ from rank 0, and in what
 */
export function checkSameFacts(ranks: Communicator, facts: Facts): void {
  if (ranks.size === 1) return;
  const all = ranks.gather(JSON.stringify(facts)).map((text) => JSON.parse(text) as Facts);
  const problems = all.flatMap((one, rank) => {
    const found = differences(one, all[0]);
    const more = found.length > shown ? `; and ${found.length - shown} more` : "";
    return found.length === 0 ? [] : [`rank ${rank}: ${found.slice(0, shown).join("; ")}${more}`];
  });
  if (problems.length === 0) return;
  throw new Error(`the ranks do not do the same:\n${problems.slice(0, shown).join("\n")}`);
}
