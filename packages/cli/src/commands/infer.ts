import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { ImageReading } from "@retort/distill";
import type { CommandModule } from "yargs";
import type { Engine } from "../engine.js";
import { asUsage } from "../errors.js";
import { findImages } from "../images.js";
import { readingTable } from "../reading-table.js";
import { type Terminal, writeJson, writeLine } from "../terminal.js";
import { type ConfigArguments, configOptions } from "./config-options.js";

interface InferArguments extends ConfigArguments {
  images?: string[];
  out?: string;
}

/** `retort infer`: reads images. */
export function inferCommand(terminal: Terminal, engine: Engine): CommandModule<object, InferArguments> {
  return {
    command: "infer <images..>",
    describe: "Read images: files, folders or globs",
    builder: (yargs) =>
      configOptions(yargs)
        .positional("images", { type: "string", array: true, describe: "Image files, folders, globs" })
        .option("out", { type: "string", describe: "Also write the readings to this file, a line of JSON an image" })
        .example("$0 infer line.png -c my.yml", "one image")
        .example("$0 infer 'photos/**/*.jpg' -c my.yml --out readings.jsonl", "a glob; put -o after the images"),
    async handler({ images, config, override, json, out }) {
      const files = await asUsage(() => findImages(images ?? []));
      const readings: ImageReading[] = [];
      for await (const reading of engine.infer(config, override, files)) {
        terminal.signal.throwIfAborted();
        readings.push(reading);
      }
      if (out !== undefined) await writeReadings(out, readings);
      if (json) writeJson(terminal.out, readings);
      else writeLine(terminal.out, readingTable(readings));
    },
  };
}

async function writeReadings(path: string, readings: readonly ImageReading[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, readings.map((reading) => `${JSON.stringify(reading)}\n`).join(""));
}
