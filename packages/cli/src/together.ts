import { setTimeout as sleep } from "node:timers/promises";
import type { Communicator } from "@retort/distill/parallel";
import { engineOf } from "./distill-engine.js";
import { exitCodes } from "./errors.js";
import { main } from "./main.js";
import type { Terminal, TextStream } from "./terminal.js";

/** Commands that share their work out among processes. */
const shared = ["train", "eval", "synth"];
/** How long an error of one process waits for rank 0, which shows it best should all have it. */
const courtesyMs = 1000;

/**
 * Runs a command on one of several processes that `mpirun` has started. Rank 0 shows what happens; the others are silent
 * unless they fail. A process that fails ends all. Returns the exit code.
 */
export async function mainTogether(args: readonly string[], terminal: Terminal, ranks: Communicator): Promise<number> {
  const engine = engineOf(ranks);
  if (ranks.size === 1) return main(args, terminal, engine, ranks);
  const first = ranks.rank === 0;
  const nothing: TextStream = { write() {} };
  let said = "";
  const keep: TextStream = {
    write(text: string) {
      said = (said + text).slice(-10_000);
    },
  };
  const own = first ? terminal : { ...terminal, out: nothing, err: keep };
  if (args[0] === undefined || !shared.includes(args[0])) {
    if (first) terminal.err.write(`error: several processes (mpirun) can only do ${shared.join(", ")}\n`);
    ranks.close();
    return exitCodes.usage;
  }
  const code = await main(args, own, engine, ranks);
  // A training ends on all processes after the same step; other commands wherever each one is.
  if (code === exitCodes.ok || (code === exitCodes.interrupted && args[0] === "train")) {
    ranks.close();
    return code;
  }
  if (first) ranks.abort("ended with the error above");
  await sleep(courtesyMs);
  return ranks.abort(
    said
      .slice(Math.max(0, said.lastIndexOf("error: ")))
      .replace(/^error: /, "")
      .trim(),
  );
}
