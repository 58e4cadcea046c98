import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Argv, CommandModule } from "yargs";
import type { Engine } from "../engine.js";
import { InterruptedError } from "../errors.js";
import { evaluationLine } from "../evaluation-line.js";
import { percent } from "../percent.js";
import { progressLine } from "../progress.js";
import { type ReadingRow, readingTable } from "../reading-table.js";
import { shippedConfig } from "../shipped.js";
import { alphabets } from "../synth/alphabets.js";
import { parseLabels } from "../synth/label-file.js";
import { writeDataset } from "../synth/write.js";
import { type Terminal, writeLine } from "../terminal.js";
import { duration } from "../training-line.js";
import { overrideOption } from "./config-options.js";
import { showTraining } from "./train.js";

interface QuickstartArguments {
  out: string;
  count: number;
  val: number;
  seed: number;
  override: string[];
}

const CONFIG = "rec/quickstart.yml";
const SHOWN = 10;
// At full strength the Student reads 90 % of the lines after the same steps, at this one 95 %.
const STRENGTH = 0.6;
// Below this share of held-out lines read exactly, the quickstart has failed.
const ENOUGH = 0.9;

/** `retort quickstart`: draws data, distils, evaluates, reads ten images. */
export function quickstartCommand(terminal: Terminal, engine: Engine): CommandModule<object, QuickstartArguments> {
  return {
    command: "quickstart",
    describe: "Draw data, distil two small networks on it, and read with the Student: minutes on two cores",
    builder: options,
    handler: (args) => run(args, terminal, engine),
  };
}

function options(yargs: Argv<object>): Argv<QuickstartArguments> {
  return yargs
    .options({
      out: { alias: "d", type: "string", default: "output/quickstart", describe: "Folder for data and results" },
      count: { alias: "n", type: "number", default: 4000, describe: "Training images" },
      val: { type: "number", default: 500, describe: "Validation images, of strings that are not trained on" },
      seed: { type: "number", default: 0, describe: "Seed of the data" },
      override: overrideOption,
    })
    .example("$0 quickstart", "")
    .example("$0 quickstart -d /tmp/try -o Global.epoch_num=2", "a quarter of the training, elsewhere");
}

async function run(args: QuickstartArguments, terminal: Terminal, engine: Engine): Promise<void> {
  const started = performance.now();
  const data = join(args.out, "data");
  const model = join(args.out, "run");
  const config = shippedConfig(CONFIG);
  const overrides = [...placesIn(data, model), ...args.override];
  writeLine(terminal.out, "1/4 Drawing text lines: 3 to 5 digits in six font families");
  await drawData(args, data, terminal);
  writeLine(terminal.out, "2/4 Training two networks that learn from the labels and from each other");
  writeLine(terminal.out, `    ${(await engine.plan(config, overrides)).headline}`);
  await showTraining(engine.train(config, overrides, terminal.signal), terminal, { config, json: false });
  writeLine(terminal.out, "3/4 Evaluating the best model on strings that it was not trained on");
  const { metrics, network } = await engine.evaluate(config, overrides);
  writeLine(terminal.out, `    ${evaluationLine(metrics, network)}`);
  writeLine(terminal.out, `4/4 Reading ${SHOWN} of them`);
  writeLine(terminal.out, readingTable(await readSome(engine, config, overrides, data)));
  writeLine(terminal.out, summary(args.out, config, overrides, (performance.now() - started) / 1000));
  if (!(metrics.acc >= ENOUGH)) {
    throw new Error(`the Student reads ${percent(metrics.acc)} of the held-out lines, less than ${percent(ENOUGH)}`);
  }
}

function placesIn(data: string, model: string): string[] {
  return [
    `Global.save_model_dir=${quoted(model)}`,
    `Global.character_dict_path=${quoted(join(data, "dict.txt"))}`,
    `Train.dataset.data_dir=${quoted(data)}`,
    `Train.dataset.label_file_list=${quoted(join(data, "train.txt"))}`,
    `Eval.dataset.data_dir=${quoted(data)}`,
    `Eval.dataset.label_file_list=${quoted(join(data, "val.txt"))}`,
  ];
}

const quoted = (path: string): string => JSON.stringify(path);

async function drawData({ count, val, seed }: QuickstartArguments, out: string, terminal: Terminal): Promise<void> {
  const line = progressLine(terminal.err);
  const onProgress = (done: number, total: number): void => line.update(done / total, "drawing", `${done}/${total}`);
  const { signal } = terminal;
  try {
    await writeDataset({
      alphabet: alphabets.digits,
      length: [3, 5],
      count,
      val,
      seed,
      strength: STRENGTH,
      out,
      force: true,
      onProgress,
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw new InterruptedError("stopped while drawing; run again to begin anew");
    throw error;
  } finally {
    line.stop();
  }
}

async function readSome(engine: Engine, config: string, overrides: string[], data: string): Promise<ReadingRow[]> {
  const labels = await readFile(join(data, "val.txt"), "utf8");
  const targets = parseLabels(labels, "val.txt");
  const paths = labels.split("\n").map((line) => line.split("\t")[0]);
  const step = Math.max(1, Math.floor(targets.length / SHOWN));
  const chosen = targets
    .map((_, i) => i)
    .filter((i) => i % step === 0)
    .slice(0, SHOWN);
  const images = chosen.map((i) => join(data, paths[i]));
  const rows: ReadingRow[] = [];
  for await (const { readings } of engine.infer(config, overrides, images)) {
    const i = chosen[rows.length];
    rows.push({ image: paths[i], target: targets[i], readings });
  }
  return rows;
}

function summary(out: string, config: string, overrides: readonly string[], seconds: number): string {
  const values = overrides.map((value) => `'${value}'`).join(" ");
  return [
    "",
    `Done in ${duration(seconds)}. Everything lies in ${out}:`,
    "  data/  images, labels, dictionary",
    "  run/   best and latest model, log, metrics",
    "Read an image of your own:",
    `  retort infer IMAGE -c ${config} -o ${values}`,
  ].join("\n");
}
