import { createRequire } from "node:module";
import { alone, type Communicator } from "@retort/distill/parallel";
import yargs, { type Argv, type CommandModule } from "yargs";
import { benchCommand } from "./commands/bench.js";
import { dataCommand } from "./commands/data.js";
import { doctorCommand } from "./commands/doctor.js";
import { evalCommand } from "./commands/eval.js";
import { exportCommand } from "./commands/export.js";
import { extractCommand } from "./commands/extract.js";
import { importCommand } from "./commands/import.js";
import { inferCommand } from "./commands/infer.js";
import { planCommand } from "./commands/plan.js";
import { quickstartCommand } from "./commands/quickstart.js";
import { reportCommand } from "./commands/report.js";
import { synthCommand } from "./commands/synth.js";
import { trainCommand } from "./commands/train.js";
import type { Engine } from "./engine.js";
import { describeError, exitCodeOf, exitCodes, FaultsFound, UsageError } from "./errors.js";
import { type Terminal, writeLine } from "./terminal.js";

/**
 * Runs the command line `retort ARGUMENTS` and returns its exit code: 0 done, 1 failed while running, 2 called wrongly
 * or with an unusable config, 3 faults were found, 130 interrupted. Errors are printed to `terminal.err`, never thrown.
 * `ranks` are the processes that run the same command together.
 */
export async function main(
  args: readonly string[],
  terminal: Terminal,
  engine: Engine,
  ranks: Communicator = alone,
): Promise<number> {
  let help = "";
  try {
    const parser = commandLine(terminal, engine, ranks);
    await parser.parseAsync([...args], {}, (error, _, output) => {
      help = output;
      if (error) throw error;
    });
    if (help) writeLine(terminal.out, help);
    return exitCodes.ok;
  } catch (error) {
    if (!(error instanceof FaultsFound)) writeLine(terminal.err, describeError(error, args.includes("--debug")));
    if (error instanceof UsageError && help) writeLine(terminal.err, help);
    return exitCodeOf(error);
  }
}

function commandLine(terminal: Terminal, engine: Engine, ranks: Communicator): Argv {
  const commands = [
    quickstartCommand(terminal, engine),
    trainCommand(terminal, engine),
    evalCommand(terminal, engine),
    inferCommand(terminal, engine),
    exportCommand(terminal, engine),
    extractCommand(terminal, engine),
    importCommand(terminal, engine),
    planCommand(terminal, engine),
    dataCommand(terminal, engine),
    doctorCommand(terminal, engine),
    reportCommand(terminal, engine),
    synthCommand(terminal, ranks),
    benchCommand(terminal, engine),
  ];
  const parser = yargs()
    .scriptName("retort")
    .version(version())
    .usage(
      "$0 COMMAND [OPTIONS]\n\nTrain, evaluate and use networks that read and find text, by distillation or alone.",
    )
    .option("debug", { type: "boolean", default: false, describe: "Show where an error comes from", global: true })
    .completion("completion", "Print a script that completes commands and options in your shell")
    .demandCommand(1, "name a command")
    .recommendCommands()
    .strict()
    .wrap(Math.min(110, terminal.out.columns ?? 100))
    .alias({ h: "help", v: "version" })
    .epilogue(
      "Exit codes: 0 done, 1 failed, 2 called wrongly or unusable config, 3 doctor found faults, 130 interrupted (Ctrl-C).",
    )
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new UsageError(`${message}\n(--help lists commands, options and examples)`);
    });
  for (const command of commands) parser.command(command as CommandModule);
  return parser;
}

function version(): string {
  const { version } = createRequire(import.meta.url)("../package.json") as { version: string };
  return version;
}
