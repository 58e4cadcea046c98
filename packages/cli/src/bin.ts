#!/usr/bin/env node
import { exitCodes } from "./errors.js";
import { main } from "./main.js";

const interrupt = new AbortController();
// The first Ctrl-C lets the command save what it has; the second one ends it.
process.on("SIGINT", () => {
  if (interrupt.signal.aborted) process.exit(exitCodes.interrupted);
  interrupt.abort();
});

main(process.argv.slice(2), { out: process.stdout, err: process.stderr, signal: interrupt.signal }).then((code) => {
  process.exitCode = code;
});
