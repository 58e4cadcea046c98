import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Argv, CommandModule } from "yargs";
import type { Engine } from "../engine.js";
import { asUsage, UsageError } from "../errors.js";
import { percent } from "../percent.js";
import { mostRuns, reportPage } from "../report/page.js";
import { namesOf, type ReportedRun } from "../report/reported-run.js";
import { type RunSummary, summaryOf } from "../report/summary.js";
import { table } from "../table.js";
import { runScalars } from "../tensorboard/run-scalars.js";
import { writeEvents } from "../tensorboard/write-events.js";
import { type Terminal, writeJson, writeLine } from "../terminal.js";
import { jsonOption, overrideOption } from "./config-options.js";

interface ReportArguments {
  runs?: string[];
  out: string;
  eval: boolean;
  samples: number;
  tensorboard?: string;
  override: string[];
  json: boolean;
}

/** `retort report`: writes a page about trainings. */
export function reportCommand(terminal: Terminal, engine: Engine): CommandModule<object, ReportArguments> {
  return {
    command: "report <runs..>",
    describe: "Write a page about trainings: plots, readings, confusions, configs",
    builder: options,
    async handler({ runs: folders = [], out, eval: reads, samples, tensorboard, override, json }) {
      if (folders.length > mostRuns)
        throw new UsageError(`a report shows ${mostRuns} runs at most, found ${folders.length}`);
      if (!Number.isInteger(samples) || samples < 0)
        throw new UsageError(`--samples: expected a whole number, found ${samples}`);
      const names = namesOf(folders);
      const runs: ReportedRun[] = [];
      for (const [i, folder] of folders.entries()) {
        const run = { name: names[i], ...(await asUsage(() => engine.openRun(folder))) };
        runs.push(
          reads ? await reviewed(run, { override, samples }, terminal, engine) : { ...run, problem: "--no-eval" },
        );
      }
      await mkdir(dirname(out), { recursive: true });
      await writeFile(out, await reportPage(runs, new Date()));
      const summaries = runs.map(summaryOf);
      if (tensorboard !== undefined) await writeAllEvents(tensorboard, runs);
      if (json) return writeJson(terminal.out, { page: out, tensorboard, runs: summaries });
      writeLine(terminal.out, `${summaryText(summaries)}\n\nthe report: ${out}`);
      if (tensorboard !== undefined) writeLine(terminal.out, `for TensorBoard: tensorboard --logdir ${tensorboard}`);
    },
  };
}

function options(yargs: Argv<object>): Argv<ReportArguments> {
  return yargs
    .positional("runs", { type: "string", array: true, describe: "Folders of trainings (Global.save_model_dir)" })
    .options({
      out: { alias: "d", type: "string", default: "report.html", requiresArg: true, describe: "The page's file" },
      eval: {
        type: "boolean",
        default: true,
        describe:
          "Read the Eval data with the best model, for pictures and confusions; --no-eval for what was logged alone",
      },
      samples: { alias: "n", type: "number", default: 12, describe: "How many of the worst and of the best to show" },
      tensorboard: {
        type: "string",
        requiresArg: true,
        describe: "Also write what was logged as event files of TensorBoard into this folder",
      },
      override: { ...overrideOption, describe: "Values that replace those of the configs, such as where data lie" },
      json: jsonOption,
    })
    .example("$0 report output/run", "report.html: open it in a browser")
    .example("$0 report output/a output/b -d compared.html", "two trainings, overlaid")
    .example("$0 report output/a output/b --tensorboard board", "and board/a, board/b: tensorboard --logdir board")
    .example("$0 report output/run --no-eval", "of a training that is still running");
}

/** A run with what its best model makes of the Eval data, or with the reason why it can make nothing of them. */
async function reviewed(
  run: ReportedRun,
  { override, samples }: { override: string[]; samples: number },
  { err }: Terminal,
  engine: Engine,
): Promise<ReportedRun> {
  try {
    writeLine(err, `${run.name}: reading the Eval data with the best model`);
    return { ...run, review: await engine.reviewRun(run, override, { samples }) };
  } catch (error) {
    const problem = (error as Error).message;
    writeLine(err, `warning: ${run.name}: nothing was read: ${problem}`);
    return { ...run, problem };
  }
}

/** An event file a run, in a folder of its name. */
async function writeAllEvents(folder: string, runs: readonly ReportedRun[]): Promise<void> {
  for (const run of runs) await writeEvents(join(folder, run.name), runScalars(run));
}

function summaryText(runs: readonly RunSummary[]): string {
  const rows = runs.map(({ name, steps, metric, best, last }) => [
    name,
    String(steps),
    best === undefined ? "no evaluation yet" : `${metric} ${percent(best.value)} at step ${best.step}`,
    last === undefined ? "" : percent(last),
  ]);
  return table([["run", "steps", "best", "last"], ...rows]);
}
