import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Recogniser } from "@retort/distill";
import type { Argv, CommandModule } from "yargs";
import { boxTable } from "../box-table.js";
import { announceDevice, type DeviceName, deviceOption, withDevice } from "../device.js";
import { drawBoxes } from "../draw-boxes.js";
import type { Engine } from "../engine.js";
import { asUsage, UsageError } from "../errors.js";
import { findImages } from "../images.js";
import { readingTable } from "../reading-table.js";
import { type Terminal, writeJson, writeLine } from "../terminal.js";
import { configOption, jsonOption, overrideOption } from "./config-options.js";

interface InferArguments {
  images?: string[];
  config?: string;
  override: string[];
  device?: DeviceName;
  model?: string;
  json: boolean;
  out?: string;
  draw?: string;
  "rec-config"?: string;
  "rec-override": string[];
  "rec-model"?: string;
}

/** `retort infer`: reads images of lines, or finds the texts of pages, and reads these too where it is given with what. */
export function inferCommand(terminal: Terminal, engine: Engine): CommandModule<object, InferArguments> {
  return {
    command: "infer <images..>",
    describe: "Read images of lines, or find and read the texts of pages: files, folders or globs",
    builder: options,
    async handler(args) {
      const { json, out } = args;
      const source = sourceOf(args);
      const files = await asUsage(() => findImages(args.images ?? []));
      if ("config" in source) await asUsage(() => announceDevice(terminal, engine, source.config, listed(source)));
      const [found, text] = (await findsBoxes(source, engine))
        ? await detect(args, { source, files }, terminal, engine)
        : await read(args, { source, files }, terminal, engine);
      if (out !== undefined) await writeLines(out, found);
      if (json) writeJson(terminal.out, found);
      else writeLine(terminal.out, text);
    },
  };
}

function options(yargs: Argv<object>): Argv<InferArguments> {
  return yargs
    .positional("images", { type: "string", array: true, describe: "Image files, folders, globs" })
    .options({
      config: configOption,
      override: overrideOption,
      device: deviceOption,
      model: { type: "string", requiresArg: true, describe: "ONNX file of retort export, in place of a config" },
      json: jsonOption,
      out: { type: "string", describe: "Also write what was found to this file, a line of JSON an image" },
      draw: { type: "string", describe: "Draw the boxes into pictures in this folder: FOLDER/NETWORK/NAME" },
      "rec-config": {
        type: "string",
        requiresArg: true,
        describe: "Config of a recogniser: sort the boxes in reading order, cut them out and read them",
      },
      "rec-override": {
        type: "string",
        array: true,
        default: [],
        defaultDescription: "none",
        describe: "Values that replace those of --rec-config, such as its weights: KEY.PATH=VALUE ...",
      },
      "rec-model": { type: "string", requiresArg: true, describe: "ONNX file of a recogniser, in place of its config" },
    })
    .example("$0 infer line.png -c rec.yml", "one line")
    .example("$0 infer line.png --model inference/Student/inference.onnx", "the same with what was exported")
    .example("$0 infer 'photos/**/*.jpg' -c rec.yml --out readings.jsonl", "a glob; put -o after the images")
    .example("$0 infer pages -c det.yml --out boxes.jsonl --draw boxes", "where texts stand on the pages of a folder")
    .example(
      "$0 infer page.png -c det.yml --rec-config rec.yml --rec-override Global.checkpoints=run/latest",
      "what stands there, too",
    )
    .example("$0 infer page.png --model det.onnx --rec-model rec.onnx", "the same with what was exported");
}

/** What reads or finds: a config with its overrides, or an ONNX file. */
function sourceOf({ config, override, device, model }: InferArguments): Recogniser {
  if (config !== undefined && model !== undefined) throw new UsageError("-c and --model: name one of the two");
  if (config !== undefined) return { config, overrides: withDevice(override, device) };
  if (model === undefined) throw new UsageError("-c or --model: name a config, or an ONNX file of retort export");
  if (override.length > 0) throw new UsageError("-o: belongs to a config, which --model has none of");
  if (device !== undefined) throw new UsageError("--device: belongs to a config; --model is run by onnxruntime");
  return { onnx: model };
}

/** The recogniser of `--rec-config` or `--rec-model`, if there is one. */
function recogniserOf(args: InferArguments): Recogniser | undefined {
  const { "rec-config": config, "rec-override": overrides, "rec-model": onnx, device } = args;
  if (config !== undefined && onnx !== undefined) {
    throw new UsageError("--rec-config and --rec-model: name one of the two");
  }
  if (config !== undefined) return { config, overrides: withDevice(overrides, device) };
  if (overrides.length > 0) throw new UsageError("--rec-override: belongs to --rec-config");
  return onnx === undefined ? undefined : { onnx };
}

const kindOf = (source: Recogniser): string => ("onnx" in source ? "a model" : "a config");
const nameOf = (source: Recogniser): string => ("onnx" in source ? source.onnx : source.config);

function findsBoxes(source: Recogniser, engine: Engine): Promise<boolean> {
  return asUsage(() =>
    "onnx" in source ? engine.onnxFindsBoxes(source.onnx) : engine.findsBoxes(source.config, listed(source)),
  );
}

const listed = ({ overrides }: Extract<Recogniser, { config: string }>): readonly string[] =>
  overrides as readonly string[];

/** What images are read, and with what. */
interface Job {
  readonly source: Recogniser;
  readonly files: readonly string[];
}

/** What was found, for machines, and the same as text. */
type Found = [found: readonly object[], text: string];

async function read(args: InferArguments, { source, files }: Job, terminal: Terminal, engine: Engine): Promise<Found> {
  for (const name of ["draw", "rec-config", "rec-model"] as const) {
    if (args[name] === undefined) continue;
    throw new UsageError(`--${name}: is for ${kindOf(source)} that finds boxes, but ${nameOf(source)} reads text`);
  }
  const found =
    "onnx" in source ? engine.inferWithOnnx(source.onnx, files) : engine.infer(source.config, listed(source), files);
  const readings = await collected(found, terminal);
  return [readings, readingTable(readings)];
}

async function detect(
  args: InferArguments,
  { source, files }: Job,
  terminal: Terminal,
  engine: Engine,
): Promise<Found> {
  const recogniser = recogniserOf(args);
  if (recogniser !== undefined && (await findsBoxes(recogniser, engine))) {
    const option = "onnx" in recogniser ? "--rec-model" : "--rec-config";
    throw new UsageError(
      `${option}: expected ${kindOf(recogniser)} that reads text, but ${nameOf(recogniser)} finds boxes`,
    );
  }
  const found =
    "onnx" in source
      ? engine.detectWithOnnx(source.onnx, files, recogniser)
      : engine.detect(source.config, listed(source), files, recogniser);
  const images = await collected(found, terminal);
  if (args.draw === undefined) return [images, boxTable(images)];
  const pictures = await drawBoxes(args.draw, images);
  const drawn = images.map((image, i) => ({ ...image, pictures: pictures[i] }));
  return [drawn, `${boxTable(images)}\n\npictures with the boxes: ${args.draw}`];
}

async function collected<T>(found: AsyncIterable<T>, { signal }: Terminal): Promise<T[]> {
  const all: T[] = [];
  for await (const each of found) {
    signal.throwIfAborted();
    all.push(each);
  }
  return all;
}

async function writeLines(path: string, found: readonly object[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, found.map((each) => `${JSON.stringify(each)}\n`).join(""));
}
