import type { TrainReport } from "@retort/distill";
import type { CommandModule } from "yargs";
import { type DeviceName, deviceOption, withDevice } from "../device.js";
import type { Engine } from "../engine.js";
import { asUsage, InterruptedError } from "../errors.js";
import { evaluationLine } from "../evaluation-line.js";
import { type ProgressLine, progressLine } from "../progress.js";
import { type Terminal, writeLine } from "../terminal.js";
import { trainingHead, trainingTail } from "../training-line.js";
import { type ConfigArguments, configOptions } from "./config-options.js";

/** `retort train`: trains what a config says, showing progress. */
export function trainCommand(
  terminal: Terminal,
  engine: Engine,
): CommandModule<object, ConfigArguments & { device?: DeviceName }> {
  return {
    command: "train",
    describe: "Train the networks of a config, by distillation or alone",
    builder: (yargs) =>
      configOptions(yargs)
        .option("device", deviceOption)
        .example("$0 train -c configs/rec/quickstart.yml", "")
        .example("$0 train -c my.yml -o Global.epoch_num=5 Train.loader.num_workers=2", "replaces values of the config")
        .example("$0 train -c my.yml -o Global.checkpoints=output/run/latest", "goes on with an earlier training"),
    async handler({ config, override: given, device, json }) {
      const override = withDevice(given, device);
      const { headline, warnings } = await asUsage(() => engine.plan(config, override));
      if (!json) writeLine(terminal.out, headline);
      for (const warning of warnings) writeLine(terminal.err, `warning: ${warning}`);
      await showTraining(engine.train(config, override, terminal.signal), terminal, { config, json });
    },
  };
}

/**
 * Shows a training until it ends: a live line for its steps, a lasting line for each evaluation; with `json` one JSON
 * line a report. Returns the metrics of the best evaluation.
 *
 * @throws InterruptedError after Ctrl-C, with the command that goes on.
 */
export async function showTraining(
  reports: AsyncIterable<TrainReport>,
  terminal: Terminal,
  { config, json }: { config: string; json: boolean },
): Promise<Readonly<Record<string, number>> | undefined> {
  const line = progressLine(terminal.err);
  let best: Readonly<Record<string, number>> | undefined;
  let saved: string | undefined;
  try {
    for await (const report of reports) {
      if (report.kind === "saved") saved = report.path;
      if (report.kind === "evaluation" && report.best) best = report.metrics;
      if (json) writeLine(terminal.out, JSON.stringify(report));
      else show(report, line);
    }
  } finally {
    line.stop();
  }
  if (terminal.signal.aborted) throw new InterruptedError(howToGoOn(config, saved));
  return best;
}

function show(report: TrainReport, line: ProgressLine): void {
  if (report.kind === "step") {
    const state = { ...report, parts: report.losses };
    line.update(report.step / report.steps, trainingHead(state), trainingTail(state));
  }
  if (report.kind === "skipped") {
    const reasons = Object.entries(report.byReason).map(([reason, count]) => `${count} x ${reason}`);
    line.note(`warning: ${report.section}: ${report.count} samples cannot be used: ${reasons.join(", ")}`);
  }
  if (report.kind === "warning") line.note(`warning: ${report.message}`);
  if (report.kind === "evaluation") {
    line.note(
      `eval  step ${report.step}  ${evaluationLine(report.metrics, report.network)}${report.best ? "  (best, saved)" : ""}`,
    );
  }
}

function howToGoOn(config: string, saved: string | undefined): string {
  if (saved === undefined) return "no checkpoint was saved yet";
  return `the training is saved in ${saved}; go on with\nretort train -c ${config} -o Global.checkpoints=${saved}`;
}
