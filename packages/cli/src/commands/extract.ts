import type { ExtractReport } from "@retort/distill";
import type { Argv, CommandModule } from "yargs";
import type { Engine } from "../engine.js";
import { type Terminal, writeJson, writeLine } from "../terminal.js";
import { jsonOption } from "./config-options.js";

interface ExtractArguments {
  checkpoint?: string;
  model: string;
  out: string;
  config?: string;
  force: boolean;
  json: boolean;
}

/** `retort extract`: writes the weights of one sub-network as a file of its own. */
export function extractCommand(terminal: Terminal, engine: Engine): CommandModule<object, ExtractArguments> {
  return {
    command: "extract <checkpoint>",
    describe: "Write the weights of one sub-network as a file of its own",
    builder: options,
    async handler({ checkpoint, model, out, config, force, json }) {
      const report = await engine.extract({ checkpoint: checkpoint ?? "", model, out, config, force });
      if (json) writeJson(terminal.out, report);
      else writeLine(terminal.out, describeExtract(report));
    },
  };
}

function options(yargs: Argv<object>): Argv<ExtractArguments> {
  return yargs
    .positional("checkpoint", {
      type: "string",
      describe: "Checkpoint, .pdparams or .safetensors file, with or without its ending",
    })
    .options({
      model: { type: "string", demandOption: true, requiresArg: true, describe: "Name of the sub-network" },
      out: {
        alias: "o",
        type: "string",
        demandOption: true,
        requiresArg: true,
        describe: "File to write, .safetensors or .pdparams (which paddle.load reads)",
      },
      config: {
        alias: "c",
        type: "string",
        requiresArg: true,
        describe: "Config of the weights [default: the one inside the checkpoint]",
      },
      force: { type: "boolean", default: false, describe: "Replace a file that is there" },
      json: jsonOption,
    })
    .example(
      "$0 extract output/run/best_accuracy --model Student -o student.safetensors",
      "to train or read with alone",
    )
    .example("$0 extract best.pdparams -c my.yml --model Student -o student.pdparams", "weights of PaddleOCR");
}

function describeExtract(report: ExtractReport): string {
  const { checkpoint, model, out, keys, parameters, bytes, compared } = report;
  const outputs = Object.entries(compared).map(([name, shape]) => `${name} [${shape.join(", ")}]`);
  return [
    `${model} of ${checkpoint} is in ${out}`,
    `  ${keys} tensors, ${parameters.toLocaleString("en-US")} parameters, ${(bytes / 1e6).toFixed(1)} MB`,
    `  same outputs to the last bit: ${outputs.join(", ")}`,
  ].join("\n");
}
