import type { ImportReport } from "@retort/distill";
import { called } from "@retort/distill";
import type { Argv, CommandModule } from "yargs";
import type { Engine } from "../engine.js";
import { table } from "../table.js";
import { type Terminal, writeJson, writeLine } from "../terminal.js";
import { jsonOption } from "./config-options.js";

interface ImportArguments {
  weights?: string;
  out: string;
  config?: string;
  model?: string;
  partial: boolean;
  force: boolean;
  json: boolean;
}

/** `retort import`: brings weights of a known architecture in, with a table of what matched. */
export function importCommand(terminal: Terminal, engine: Engine): CommandModule<object, ImportArguments> {
  return {
    command: "import <weights>",
    describe: "Bring a .pdparams, safetensors or ONNX file in, with a table of what matched",
    builder: options,
    async handler({ weights = "", out, config, model, partial, force, json }) {
      const report = await engine.import({ weights, out, config, model, partial, force });
      if (json) writeJson(terminal.out, report);
      else writeLine(terminal.out, describeImport(report));
    },
  };
}

function options(yargs: Argv<object>): Argv<ImportArguments> {
  return yargs
    .positional("weights", { type: "string", describe: ".pdparams or .safetensors file, or an ONNX file of Retort" })
    .options({
      out: {
        alias: "o",
        type: "string",
        demandOption: true,
        requiresArg: true,
        describe: "File to write, .safetensors or .pdparams",
      },
      config: {
        alias: "c",
        type: "string",
        requiresArg: true,
        describe: "Config of the network [default: the one inside an ONNX file]",
      },
      model: {
        type: "string",
        requiresArg: true,
        describe: "Sub-network of the config [default: the one that Metric.key names]",
      },
      partial: {
        type: "boolean",
        default: false,
        describe: "Take what matches; what is missing keeps the weights that a training starts from",
      },
      force: { type: "boolean", default: false, describe: "Replace a file that is there" },
      json: jsonOption,
    })
    .example("$0 import student.pdparams -c my.yml -o student.safetensors", "weights of PaddleOCR")
    .example("$0 import inference/Student/inference.onnx -o student.safetensors", "what was exported");
}

function describeImport({ weights, model, out, parts, differences, difference }: ImportReport): string {
  const head = ["part", "tensors", "matched", "missing", "other shape", "unexpected"];
  const rows = parts.map(({ part, tensors, matched, missing, misshaped, unexpected }) => [
    part,
    ...[tensors, matched, missing, misshaped, unexpected].map(String),
  ]);
  const lines = [`${called(model)} of ${weights} is in ${out}`, table([head, ...rows])];
  const missing = differences.filter(({ problem }) => problem === "missing").length;
  if (missing > 0) lines.push("what is missing has the weights that a training starts from");
  if (difference !== undefined) lines.push(`outputs in onnxruntime: at most ${difference.toExponential(1)} apart`);
  else if (weights.endsWith(".onnx")) lines.push("not compared with the file: onnxruntime-node cannot be loaded");
  return lines.join("\n");
}
