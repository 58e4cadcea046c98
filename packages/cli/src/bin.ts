#!/usr/bin/env node
import { distillEngine } from "./distill-engine.js";
import { exitCodes } from "./errors.js";
import { main } from "./main.js";
import { allowRelaxedSimd } from "./relaxed-simd.js";

allowRelaxedSimd();

const interrupt = new AbortController();
// The first Ctrl-C lets the command save what it has; the second one ends it.
process.on("SIGINT", () => {
  if (interrupt.signal.aborted) process.exit(exitCodes.interrupted);
  interrupt.abort();
});

const terminal = { out: process.stdout, err: process.stderr, signal: interrupt.signal };
main(process.argv.slice(2), terminal, distillEngine).then((code) => {
  process.exitCode = code;
});
