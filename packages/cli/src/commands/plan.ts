import type { CommandModule } from "yargs";
import type { Engine } from "../engine.js";
import { asUsage } from "../errors.js";
import { describeReport } from "../report-text.js";
import { type Terminal, writeJson, writeLine } from "../terminal.js";
import { type ConfigArguments, configOptions } from "./config-options.js";

/** `retort plan`: says what a config means, without training. */
export function planCommand(terminal: Terminal, engine: Engine): CommandModule<object, ConfigArguments> {
  return {
    command: "plan",
    describe: "Check a config and say what it means, without training",
    builder: (yargs) =>
      configOptions(yargs)
        .example("$0 plan -c configs/rec/quickstart.yml", "networks, losses, schedule, data, memory")
        .example("$0 plan -c my.yml -o Train.loader.batch_size_per_card=16 --json", "for a machine"),
    async handler({ config, override, json }) {
      const report = await asUsage(() => engine.plan(config, override));
      if (json) writeJson(terminal.out, report);
      else writeLine(terminal.out, describeReport(report));
    },
  };
}
