import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { DataReport } from "@retort/distill";
import type { CommandModule } from "yargs";
import { contactSheet } from "../contact-sheet.js";
import type { Engine } from "../engine.js";
import { asUsage, UsageError } from "../errors.js";
import { describeReport } from "../report-text.js";
import { type Terminal, writeJson, writeLine } from "../terminal.js";
import { type ConfigArguments, configOptions } from "./config-options.js";

interface DataArguments extends ConfigArguments {
  section: "Train" | "Eval";
  images: string;
  samples?: number;
  out?: string;
}

/** `retort data`: shows what the network sees, and says what is in a data set. */
export function dataCommand(terminal: Terminal, engine: Engine): CommandModule<object, DataArguments> {
  return {
    command: "data",
    describe: "Show what the network sees of the data, and what is in them",
    builder: (yargs) =>
      configOptions(yargs)
        .options({
          section: {
            choices: ["Train", "Eval"] as const,
            default: "Train" as const,
            describe: "Section of the config",
          },
          images: { type: "string", default: "10000", describe: 'How many images to decode at most, or "all"' },
          samples: {
            alias: "n",
            type: "number",
            describe: "Samples on the contact sheet; 0 for no sheet [default: 48, of detection 12]",
          },
          out: {
            alias: "d",
            type: "string",
            describe: "The contact sheet's file [default: data-train.png, data-eval.png]",
          },
        })
        .example(
          "$0 data -c configs/rec/quickstart.yml",
          "statistics, and samples after the transforms in data-train.png",
        )
        .example("$0 data -c configs/det/pp-ocrv3-cml-small.yml", "pages with their regions and maps")
        .example("$0 data -c my.yml --section Eval --images all --json", "every image decoded, for a machine"),
    async handler({ config, override, section, images, samples, out = `data-${section.toLowerCase()}.png`, json }) {
      const options = { section, images: imageCount(images), samples: sampleCount(samples) };
      const { samples: views, ...report } = await asUsage(() => engine.inspectData(config, override, options));
      const sheet = views.length > 0 ? await writeSheet(out, views) : undefined;
      if (json) writeJson(terminal.out, { ...report, sheet, samples: views.map(withoutPixels) });
      else writeLine(terminal.out, describeReport(report));
      if (!json && sheet !== undefined)
        writeLine(terminal.out, `\n${views.length} samples as the network sees them: ${sheet}${legend(views)}`);
    },
  };
}

type View = DataReport["samples"][number];

function withoutPixels({ pixels, detection, ...view }: View): object {
  return detection === undefined ? view : { ...view, regions: detection.regions };
}

/** What the colours of samples of detection mean. */
function legend(views: readonly View[]): string {
  if (views.every(({ detection }) => detection === undefined)) return "";
  const maps = views.some(({ detection }) => detection?.maps !== undefined);
  const drawn = maps ? "; beside it the maps: red what is to be found, green its border, blue what does not count" : "";
  return `\n  green outlines are regions to find, red ones to ignore${drawn}`;
}

async function writeSheet(path: string, views: DataReport["samples"]): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, await contactSheet(views));
  return path;
}

function imageCount(text: string): number {
  if (text === "all") return Number.POSITIVE_INFINITY;
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError(`--images: expected a number or "all", found "${text}"`);
}

function sampleCount(count: number | undefined): number | undefined {
  if (count === undefined || (Number.isInteger(count) && count >= 0 && count <= 1000)) return count;
  throw new UsageError(`--samples: expected a whole number from 0 to 1,000, found ${count}`);
}
