#!/usr/bin/env node
import { joinRanks } from "@retort/distill/parallel";
import { setEngineFlags } from "./engine-flags.js";
import { describeError, exitCodes } from "./errors.js";
import { mainTogether } from "./together.js";

setEngineFlags();

const interrupt = new AbortController();
// The first Ctrl-C lets the command save what it has; the second one ends it.
process.on("SIGINT", () => {
  if (interrupt.signal.aborted) process.exit(exitCodes.interrupted);
  interrupt.abort();
});
// mpirun and Slurm hand this signal on to all processes, which then save and end as after Ctrl-C.
process.on("SIGUSR2", () => interrupt.abort());

const args = process.argv.slice(2);
const terminal = { out: process.stdout, err: process.stderr, signal: interrupt.signal };
joinRanks()
  .then((ranks) => mainTogether(args, terminal, ranks))
  .catch((error: unknown) => {
    process.stderr.write(`${describeError(error, args.includes("--debug"))}\n`);
    return exitCodes.failed;
  })
  .then((code) => {
    process.exitCode = code;
  });
