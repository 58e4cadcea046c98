import type { CommandModule } from "yargs";
import { announceDevice, type DeviceName, deviceOption, withDevice } from "../device.js";
import type { Engine } from "../engine.js";
import { evaluationLine } from "../evaluation-line.js";
import { type Terminal, writeJson, writeLine } from "../terminal.js";
import { type ConfigArguments, configOptions } from "./config-options.js";

/** `retort eval`: measures a trained model on the config's Eval section. */
export function evalCommand(
  terminal: Terminal,
  engine: Engine,
): CommandModule<object, ConfigArguments & { device?: DeviceName }> {
  return {
    command: "eval",
    describe: "Measure a trained model on the Eval data of its config",
    builder: (yargs) =>
      configOptions(yargs)
        .option("device", deviceOption)
        .example("$0 eval -c configs/rec/quickstart.yml", "the best model of the config's save_model_dir")
        .example("$0 eval -c my.yml -o Global.checkpoints=output/run/latest", "another checkpoint"),
    async handler({ config, override: given, device, json }) {
      const override = withDevice(given, device);
      await announceDevice(terminal, engine, config, override);
      const report = await engine.evaluate(config, override);
      if (json) return writeJson(terminal.out, report);
      writeLine(terminal.out, `${report.images} images, weights of ${report.checkpoint}`);
      writeLine(terminal.out, evaluationLine(report.metrics, report.network));
    },
  };
}
