// Does distillation help on real lines of text? `npm run experiment:receipts -- --lines FOLDER` trains one small recognition
// network alone and from a frozen, larger teacher, as long each, and compares their readings of lines that no training saw.
// Every training goes on where it stopped, so it may be interrupted at will; see README.md.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { inParallel, once, retort, schedule, training } from "../trainings.mjs";

const { values } = parseArgs({
  options: {
    lines: { type: "string" },
    out: { type: "string", default: "output/experiment-receipts" },
    jobs: { type: "string", default: "1" },
    "stop-after": { type: "string", default: "3" },
  },
});
if (values.lines === undefined)
  throw new Error("--lines: the folder that holds train.txt, val.txt and dict.txt is needed");
const lines = resolve(values.lines);
const out = resolve(values.out);
const { jobs, threads, deadline } = schedule(values);
const config = (name) => fileURLToPath(new URL(`../../configs/rec/pp-ocrv3-${name}small.yml`, import.meta.url));
const score = fileURLToPath(new URL("score.mjs", import.meta.url));

/** What all trainings share: 8 epochs, which are 2,000 steps of 32 of 8,000 lines. */
const settings = (name) => [
  `Global.save_model_dir=${join(out, name)}`,
  `Global.character_dict_path=${join(lines, "dict.txt")}`,
  "Global.epoch_num=8",
  ...["Train", "Eval"].flatMap((part) => [
    `${part}.dataset.data_dir=${lines}`,
    `${part}.dataset.label_file_list=${join(lines, part === "Train" ? "train.txt" : "val.txt")}`,
    `${part}.loader.num_workers=0`, // two trainings share two cores
  ]),
];

const trainings = {
  alone: { config: config(""), more: [] },
  teacher: {
    config: config(""),
    more: [
      "Optimizer.lr.learning_rate=0.002",
      "Architecture.Backbone.scale=0.5",
      "Architecture.Head.head_list.1.SARHead.enc_dim=128",
      "Architecture.Head.head_list.1.SARHead.d_k=128",
    ],
  },
  taught: {
    config: config("frozen-teacher-"),
    more: [
      `Architecture.Models.Teacher.pretrained=${join(out, "teacher", "best_accuracy")}`,
      `Global.teacher_cache=${join(out, "teacher-cache")}`,
    ],
  },
};

const argumentsOf = (name) => ["-c", trainings[name].config, "-o", ...settings(name), ...trainings[name].more];

function train(name) {
  const args = argumentsOf(name);
  return training({ out, name, train: args, test: args, threads, deadline });
}

/** The share of the validation lines that a training's network read, by step. */
function curve(name) {
  const reports = readFileSync(join(out, name, "metrics.jsonl"), "utf8")
    .split("\n")
    .filter(Boolean)
    .map(JSON.parse);
  const evaluations = reports.filter(({ kind }) => kind === "eval");
  return evaluations.map(({ step, metrics }) => `${step}: ${metrics.acc.toFixed(3)}`).join(", ");
}

/** Prints the curve, the scores and the worst readings of a training's best network. */
async function show(name) {
  const readings = join(out, `${name}-readings.jsonl`);
  await once(join(out, `${name}-read.json`), async () => {
    await retort(["infer", join(lines, "images", "val"), ...argumentsOf(name), "--out", readings]);
    return { readings };
  });
  console.log(`\n${name}: accuracy on all validation lines by step: ${curve(name)}`);
  const files = { labels: join(lines, "val.txt"), dict: join(lines, "dict.txt"), readings };
  const args = Object.entries({ ...files, worst: 20, every: 43 }).flatMap(([key, value]) => [
    `--${key}`,
    String(value),
  ]);
  const { status } = spawnSync(process.execPath, [score, ...args], { stdio: "inherit" });
  if (status !== 0) throw new Error(`score.mjs ended with ${status}`);
}

mkdirSync(out, { recursive: true });
await inParallel(
  [["teacher", "taught"], ["alone"]].map((names) => async () => {
    for (const name of names) await train(name);
  }),
  jobs,
);
for (const name of Object.keys(trainings)) await show(name);
