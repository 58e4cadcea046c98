import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Argv, CommandModule } from "yargs";
import { boxTable } from "../box-table.js";
import { drawBoxes } from "../draw-boxes.js";
import type { Engine } from "../engine.js";
import { asUsage, UsageError } from "../errors.js";
import { findImages } from "../images.js";
import { readingTable } from "../reading-table.js";
import { type Terminal, writeJson, writeLine } from "../terminal.js";
import { type ConfigArguments, configOptions } from "./config-options.js";

interface InferArguments extends ConfigArguments {
  images?: string[];
  out?: string;
  draw?: string;
  "rec-config"?: string;
  "rec-override": string[];
}

/** `retort infer`: reads images of lines, or finds the texts of pages, and reads these too where it is given with what. */
export function inferCommand(terminal: Terminal, engine: Engine): CommandModule<object, InferArguments> {
  return {
    command: "infer <images..>",
    describe: "Read images of lines, or find and read the texts of pages: files, folders or globs",
    builder: options,
    async handler(args) {
      const { config, override, json, out } = args;
      const files = await asUsage(() => findImages(args.images ?? []));
      const findsBoxes = await asUsage(() => engine.findsBoxes(config, override));
      const [found, text] = findsBoxes
        ? await detect(args, files, terminal, engine)
        : await read(args, files, terminal, engine);
      if (out !== undefined) await writeLines(out, found);
      if (json) writeJson(terminal.out, found);
      else writeLine(terminal.out, text);
    },
  };
}

function options(yargs: Argv<object>): Argv<InferArguments> {
  return configOptions(yargs)
    .positional("images", { type: "string", array: true, describe: "Image files, folders, globs" })
    .options({
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
    })
    .example("$0 infer line.png -c rec.yml", "one line")
    .example("$0 infer 'photos/**/*.jpg' -c rec.yml --out readings.jsonl", "a glob; put -o after the images")
    .example("$0 infer pages -c det.yml --out boxes.jsonl --draw boxes", "where texts stand on the pages of a folder")
    .example(
      "$0 infer page.png -c det.yml --rec-config rec.yml --rec-override Global.checkpoints=run/latest",
      "what stands there, too",
    );
}

/** What was found, for machines, and the same as text. */
type Found = [found: readonly object[], text: string];

async function read(
  args: InferArguments,
  files: readonly string[],
  terminal: Terminal,
  engine: Engine,
): Promise<Found> {
  const { config, override } = args;
  for (const name of ["draw", "rec-config"] as const) {
    if (args[name] === undefined) continue;
    throw new UsageError(`--${name}: is for a config that finds boxes, but ${config} reads text`);
  }
  const readings = await collected(engine.infer(config, override, files), terminal);
  return [readings, readingTable(readings)];
}

async function detect(
  args: InferArguments,
  files: readonly string[],
  terminal: Terminal,
  engine: Engine,
): Promise<Found> {
  const { config, override, draw, "rec-config": reader, "rec-override": overrides } = args;
  if (reader === undefined && overrides.length > 0) throw new UsageError("--rec-override: belongs to --rec-config");
  if (reader !== undefined && (await asUsage(() => engine.findsBoxes(reader, overrides)))) {
    throw new UsageError(`--rec-config: expected a config that reads text, but ${reader} finds boxes`);
  }
  const recogniser = reader === undefined ? undefined : { config: reader, overrides };
  const images = await collected(engine.detect(config, override, files, recogniser), terminal);
  if (draw === undefined) return [images, boxTable(images)];
  const pictures = await drawBoxes(draw, images);
  const drawn = images.map((image, i) => ({ ...image, pictures: pictures[i] }));
  return [drawn, `${boxTable(images)}\n\npictures with the boxes: ${draw}`];
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
