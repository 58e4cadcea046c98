import type { ExportedNetwork } from "@retort/distill";
import { called } from "@retort/distill";
import type { Argv, CommandModule } from "yargs";
import type { Engine } from "../engine.js";
import { UsageError } from "../errors.js";
import { type Terminal, writeJson, writeLine } from "../terminal.js";
import { type ConfigArguments, configOptions } from "./config-options.js";

interface ExportArguments extends ConfigArguments {
  model?: string[];
  out?: string;
  images?: number;
  check: boolean;
  force: boolean;
}

/** `retort export`: writes trained sub-networks as ONNX, safetensors and `.pdparams`, and checks them. */
export function exportCommand(terminal: Terminal, engine: Engine): CommandModule<object, ExportArguments> {
  return {
    command: "export",
    describe: "Write a trained sub-network as ONNX, safetensors and .pdparams, and check it on the Eval images",
    builder: options,
    async handler({ config, override, json, model, out, images, check, force }) {
      if (images !== undefined && !(Number.isInteger(images) && images > 0)) {
        throw new UsageError("--images: expected a whole number from 1");
      }
      const report = await engine.export(config, override, { models: model, out, images, check, force });
      if (json) return writeJson(terminal.out, report);
      writeLine(terminal.out, `weights of ${report.checkpoint}`);
      for (const network of report.networks) writeLine(terminal.out, describeNetwork(network));
    },
  };
}

function options(yargs: Argv<object>): Argv<ExportArguments> {
  return configOptions(yargs)
    .options({
      model: {
        type: "string",
        array: true,
        requiresArg: true,
        describe: "Sub-networks, a folder each [default: the one that Metric.key names]",
      },
      out: {
        type: "string",
        requiresArg: true,
        describe: "Folder to write to [default: Global.save_inference_dir, or inference in Global.save_model_dir]",
      },
      images: {
        type: "number",
        requiresArg: true,
        describe: "How many Eval images the ONNX file is checked on [default: all]",
      },
      check: {
        type: "boolean",
        default: true,
        describe: "Run the ONNX file with onnxruntime-node and compare; --no-check writes without",
      },
      force: { type: "boolean", default: false, describe: "Replace files that are there" },
    })
    .example("$0 export -c rec.yml", "the best model's deciding network")
    .example(
      "$0 export -c rec.yml -o Global.checkpoints=run/latest --model Student Teacher --out exported",
      "two of them",
    );
}

function describeNetwork({ model, folder, files, check }: ExportedNetwork): string {
  const sizes = Object.entries(files).map(([name, bytes]) => `${name} ${(bytes / 1e6).toFixed(1)} MB`);
  const head = `${called(model)} is in ${folder}: ${sizes.join(", ")}`;
  if (check === undefined) return `${head}\n  not checked: nothing has run the ONNX file`;
  const metrics = Object.entries(check.metrics).map(([name, value]) => `${name} ${value.toFixed(4)}`);
  return [
    head,
    `  onnxruntime on ${check.images} Eval images: outputs at most ${check.difference.toExponential(1)} apart, and the same`,
    `  ${metrics.join(", ")}`,
  ].join("\n");
}
