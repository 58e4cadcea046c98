import { readFile } from "node:fs/promises";
import type { Communicator } from "@retort/distill/parallel";
import type { ArgumentsCamelCase, Argv, CommandModule } from "yargs";
import { asUsage, InterruptedError, UsageError } from "../errors.js";
import { progressLine } from "../progress.js";
import { alphabets, parseDictionary } from "../synth/alphabets.js";
import { parseLabels } from "../synth/label-file.js";
import { planSynth, type SynthOptions, type Task, tasks } from "../synth/options.js";
import { type Effect, effects } from "../synth/style.js";
import { type WriteReport, writeDataset } from "../synth/write.js";
import { type Terminal, writeJson, writeLine } from "../terminal.js";
import { duration } from "../training-line.js";
import { parseRange } from "./ranges.js";

interface SynthArguments {
  out: string;
  task: Task;
  alphabet?: string;
  dict?: string;
  words?: string;
  corpus?: string;
  length?: string;
  count: number;
  val: number;
  exclude?: string[];
  fonts?: string[];
  height?: string;
  page?: string;
  lines?: string;
  angle?: number;
  effects: string[];
  strength: number;
  seed: number;
  "drop-missing": boolean;
  force: boolean;
  json: boolean;
}

/** `retort synth`: draws labelled text lines, or pictures with several, into a folder. */
export function synthCommand(terminal: Terminal, ranks: Communicator): CommandModule<object, SynthArguments> {
  return {
    command: "synth",
    describe: "Draw a labelled set of synthetic text lines, or pages of them, in PaddleOCR's format",
    builder: options,
    handler: (args) => run(args, terminal, ranks),
  };
}

function options(yargs: Argv<object>): Argv<SynthArguments> {
  const names = Object.keys(alphabets).join(", ");
  return yargs
    .options({
      out: { alias: "d", type: "string", demandOption: true, describe: "Folder to write to" },
      task: {
        choices: tasks,
        default: "rec" as Task,
        describe: "rec draws lines to read, det pictures to find texts in",
      },
      alphabet: { type: "string", describe: `Characters of random texts, or one of ${names} [default: digits]` },
      dict: { type: "string", describe: "Dictionary file whose characters are the alphabet" },
      words: { type: "string", describe: "File of words, one a line; each image shows one" },
      corpus: { type: "string", describe: "File of running text; each image shows a piece of a line" },
      length: { type: "string", describe: "Characters in a text [default: 3-5, words and corpus 1-25]" },
      count: { alias: "n", type: "number", default: 1000, describe: "Images for training" },
      val: {
        type: "number",
        default: 0,
        describe: "Images for validation; lines are of texts that training does not have",
      },
      exclude: { type: "string", array: true, describe: "Label files whose texts must not be drawn" },
      fonts: { type: "string", array: true, describe: "Font files or folders to draw with [default: six families]" },
      height: {
        type: "string",
        describe: "Height in pixels, of an image [default: 28-64] or, in det, a text [default: 14-48]",
      },
      page: { type: "string", describe: "Width and height of a picture of det in pixels [default: 480-960]" },
      lines: { type: "string", describe: "Texts in a picture of det, fewer where there is no room [default: 4-16]" },
      angle: { type: "number", describe: "Greatest angle of a text in det, in degrees [default: 30]" },
      effects: {
        type: "string",
        array: true,
        default: ["all"],
        describe: `all, none, or some of ${effects.join(" ")}`,
      },
      strength: { type: "number", default: 1, describe: "Factor on the size of the effects, 0 to 3" },
      seed: { type: "number", default: 0, describe: "Equal seeds give equal data" },
      "drop-missing": { type: "boolean", default: false, describe: "Leave out what no font can draw" },
      force: { type: "boolean", default: false, describe: "Write into a folder that is not empty" },
      json: { type: "boolean", default: false, describe: "Report as JSON" },
    })
    .example("$0 synth -d data/digits -n 4000 --val 500", "3 to 5 digits, validation strings not trained on")
    .example("$0 synth -d data/en --corpus book.txt --length 5-25 -n 20000", "pieces of a text")
    .example(
      "$0 synth -d data/pages --task det --corpus book.txt -n 500 --val 50",
      "pages and scenes, with corners of texts",
    )
    .example("$0 synth -d data/zh --dict keys.txt --fonts ~/fonts --drop-missing", "Chinese, with fonts of your own");
}

async function run(args: ArgumentsCamelCase<SynthArguments>, terminal: Terminal, ranks: Communicator): Promise<void> {
  const settings = await asUsage(() => readSettings(args));
  await asUsage(() => planSynth(settings));
  const line = progressLine(terminal.err);
  const started = performance.now();
  const onProgress = (done: number, total: number): void => {
    const rate = done / ((performance.now() - started) / 1000);
    line.update(
      done / total,
      "drawing",
      `${done}/${total}  ${Math.round(rate)} img/s  ETA ${duration((total - done) / rate)}`,
    );
  };
  const { out, force, json } = args;
  try {
    const report = await writeDataset({ ...settings, out, force, ranks, onProgress, signal: terminal.signal });
    line.stop();
    if (json) writeJson(terminal.out, report);
    else writeLine(terminal.out, describeReport(report));
  } catch (error) {
    line.stop();
    if (terminal.signal.aborted)
      throw new InterruptedError(`${out} is incomplete; run again with --force to draw it anew`);
    throw error;
  }
}

async function readSettings(args: ArgumentsCamelCase<SynthArguments>): Promise<SynthOptions> {
  const { count, val, fonts, strength, seed, dropMissing } = args;
  const excluded = await Promise.all((args.exclude ?? []).map(async (path) => parseLabels(await read(path), path)));
  return {
    ...(await readSource(args)),
    ...ranges(args),
    task: args.task,
    angle: args.angle,
    effects: parseEffects(args.effects),
    exclude: excluded.flat(),
    count,
    val,
    fonts,
    strength,
    seed,
    dropMissing,
  };
}

/** The ranges that are given. */
function ranges(args: SynthArguments): Pick<SynthOptions, "length" | "height" | "page" | "lines"> {
  const given = (["length", "height", "page", "lines"] as const).flatMap((name) => {
    const text = args[name];
    return text === undefined ? [] : [[name, parseRange(text, name)] as const];
  });
  return Object.fromEntries(given);
}

async function readSource(args: SynthArguments): Promise<Pick<SynthOptions, "alphabet" | "words" | "corpus">> {
  const given = (["alphabet", "dict", "words", "corpus"] as const).filter((name) => args[name] !== undefined);
  if (given.length > 1) throw new UsageError(`--${given.join(" and --")} exclude each other: give one of them`);
  const { alphabet = "digits", dict, words, corpus } = args;
  if (dict !== undefined) return { alphabet: parseDictionary(await read(dict), dict).join("") };
  if (words !== undefined) return { words: (await read(words)).split(/\r?\n/) };
  if (corpus !== undefined) return { corpus: (await read(corpus)).split(/\r?\n/) };
  return { alphabet: Object.hasOwn(alphabets, alphabet) ? alphabets[alphabet] : alphabet };
}

async function read(path: string): Promise<string> {
  return (await readFile(path, "utf8")).replace(/^\ufeff/, "");
}

function parseEffects(names: readonly string[]): Effect[] {
  const given = names.flatMap((name) => name.split(",")).filter((name) => name !== "");
  if (given.length === 1 && given[0] === "all") return [...effects];
  if (given.length === 1 && given[0] === "none") return [];
  return given as Effect[];
}

function describeReport(report: WriteReport): string {
  const { out, task, train, val, characters, regions, fonts, dropped, space } = report;
  const texts = task === "det" ? ` with ${regions} texts` : "";
  const lines = [
    `${train} training and ${val} validation images${texts} of ${characters} characters in ${Object.keys(fonts).length} fonts`,
    `  labels      ${out}/train.txt${val > 0 ? ` and ${out}/val.txt` : ""}`,
    `  dictionary  ${out}/dict.txt${space ? " (texts hold spaces: set use_space_char: true)" : ""}`,
  ];
  if (dropped.length > 0) {
    const shown = dropped.slice(0, 10).join(" ");
    lines.push(`  left out    ${dropped.length} that no font can draw: ${shown}${dropped.length > 10 ? " ..." : ""}`);
  }
  return lines.join("\n");
}
