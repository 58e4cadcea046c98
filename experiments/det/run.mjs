// Does distillation help to find text in photographs? `npm run experiment:det -- --photos FOLDER` trains one small
// detection network alone, beside its twin, and beside its twin and a larger teacher, and measures each on photographs
// that no training saw. Every training goes on where it stopped, so it may be interrupted at will; see README.md.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { decodePicture } from "@retort/ocr-models/data";
import { printedBy } from "../../bench/processes.mjs";
import { resultsTable } from "../table.mjs";
import { inParallel, memoized, once, retort, schedule, training } from "../trainings.mjs";
import { outlines } from "./outlines.mjs";

const { values } = parseArgs({
  options: {
    photos: { type: "string" },
    out: { type: "string", default: "output/experiment-det" },
    seeds: { type: "string", default: "2" },
    epochs: { type: "string", default: "20" },
    jobs: { type: "string", default: "1" },
    "stop-after": { type: "string", default: "5" },
  },
});
if (values.photos === undefined) throw new Error("--photos: the folder that holds train.txt is needed");
const out = resolve(values.out);
const photos = resolve(values.photos);
const { jobs, threads, deadline } = schedule(values);
const config = (name) => fileURLToPath(new URL(`../../configs/det/pp-ocrv3-${name}-small.yml`, import.meta.url));
const place = (name) => join(out, name);

/** What onnxruntime takes for an image. */
function secondsOf(onnx) {
  const script = fileURLToPath(new URL("../../bench/onnx-inference.mjs", import.meta.url));
  return printedBy(process.execPath, [script, onnx, 1, 736, 1280, 2, 10]).seconds;
}

/** Every fifth photograph is held out. */
function split() {
  const all = readFileSync(join(photos, "train.txt"), "utf8").split("\n").filter(Boolean);
  const part = (held) => all.filter((_, i) => (i % 5 === 4) === held);
  writeFileSync(place("photos-train.txt"), `${part(false).join("\n")}\n`);
  writeFileSync(place("photos-val.txt"), `${part(true).join("\n")}\n`);
}

const data = {
  scenes: { folder: place("scenes"), train: place("scenes/train.txt"), val: place("scenes/val.txt") },
  photos: { folder: photos, train: place("photos-train.txt"), val: place("photos-val.txt") },
};
// 1,000 scenes make 125 steps, 240 photographs 30.
const epochs = { studentScenes: 6, teacherScenes: 8, photos: Number(values.epochs) };

/** What all trainings on one kind of data share; only the weights at the end count, so it is evaluated once. */
function settings(name, { set, seed, epochs }) {
  const { folder, train, val } = data[set];
  return [
    `Global.save_model_dir=${place(name)}`,
    `Global.seed=${seed}`,
    `Global.epoch_num=${epochs}`,
    "Global.eval_batch_step=[0, 1000000]",
    "Global.save_epoch_step=1000",
    `Train.dataset.data_dir=${folder}`,
    `Train.dataset.label_file_list=${train}`,
    "Train.loader.num_workers=0",
    `Eval.dataset.data_dir=${folder}`,
    `Eval.dataset.label_file_list=${val}`,
    "Eval.dataset.transforms.2.DetResizeForTest={limit_side_len: 736, limit_type: min}",
    "Eval.loader.num_workers=0",
  ];
}

function train(name, kind, course, more = []) {
  const args = ["-c", config(kind), "-o", ...settings(name, course), ...more];
  const test = [...args, `Global.checkpoints=${best(name)}`];
  return training({ out, name, train: args, test, threads, deadline });
}

const larger = [
  "Architecture.Backbone.scale=1.0",
  "Architecture.Neck={name: LKPAN, out_channels: 64, mode: lite}",
  "Architecture.Head.kernel_list=[7, 2, 2]",
];
const best = (name) => place(`${name}/best_accuracy`);
const from = (name) => [`Global.pretrained_model=${best(name)}`];
const begin = (network, name) => `Architecture.Models.${network}.pretrained=${best(name)}`;
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);

/** Weights of the Student, and of its twin, that have seen drawn scenes only. */
const drawn = memoized(async (seed) => {
  const name = `student-scenes-${seed}`;
  await train(name, "student", { set: "scenes", seed, epochs: epochs.studentScenes });
  return name;
});

const onPhotos = (seed) => ({ set: "photos", seed, epochs: epochs.photos });

const teach = memoized(async () => {
  await train("teacher-scenes", "student", { set: "scenes", seed: 1, epochs: epochs.teacherScenes }, larger);
  return train("teacher", "student", onPhotos(1), [...larger, ...from("teacher-scenes")]);
});

const twins = async (seed) => [
  begin("Student", await drawn(seed)),
  begin("Student2", await drawn((seed % seeds.length) + 1)),
];

const arms = {
  alone: async (seed) => train(`alone-${seed}`, "student", onPhotos(seed), from(await drawn(seed))),
  dml: async (seed) => train(`dml-${seed}`, "dml", onPhotos(seed), await twins(seed)),
  cml: async (seed) => {
    await teach();
    return train(`cml-${seed}`, "cml", onPhotos(seed), [...(await twins(seed)), begin("Teacher", "teacher")]);
  },
};

mkdirSync(out, { recursive: true });
split();
await once(place("drawn-scenes.json"), async () => {
  const sizes = ["-n", "1000", "--val", "50", "--seed", "1"];
  return JSON.parse(await retort(["synth", "--task", "det", "-d", data.scenes.folder, ...sizes, "--force", "--json"]));
});
const results = Object.fromEntries(Object.keys(arms).map((arm) => [arm, []]));
const runs = Object.entries(arms).flatMap(([arm, run]) =>
  seeds.map((seed) => async () => {
    results[arm][seed - 1] = (await run(seed)).metrics;
  }),
);
// The teacher's long training begins at once, beside what does not wait for it.
await inParallel([teach, ...seeds.map((seed) => () => drawn(seed)), ...runs], jobs);

const ofFirstSeed = (arm) => {
  const kind = arm === "alone" ? "student" : arm;
  return ["-c", config(kind), "-o", ...settings(`${arm}-1`, onPhotos(1))];
};

// What the first seed of every arm finds in ten of the photographs that are held out.
const held = readFileSync(data.photos.val, "utf8").split("\n").filter(Boolean);
const ten = held
  .filter((_, i) => i % Math.ceil(held.length / 10) === 0)
  .map((line) => line.split("\t"))
  .map(([name, labels]) => ({ file: join(photos, name), labels: JSON.parse(labels) }));
const found = {};
for (const arm of Object.keys(arms)) {
  const args = [...ten.map(({ file }) => file), ...ofFirstSeed(arm), "--draw", place(`pictures/${arm}`), "--json"];
  const answers = await once(place(`boxes-${arm}.json`), async () => JSON.parse(await retort(["infer", ...args])));
  found[arm] = answers.map(({ boxes }) => boxes.Student ?? boxes[""]);
}
const sizes = ten.map(async ({ file, labels }) => {
  const { width, height } = await decodePicture(readFileSync(file));
  return { size: [width, height], labels };
});
writeFileSync(place("outlines.svg"), outlines(await Promise.all(sizes), found));

// Its exported Student: five images check it, and onnxruntime is timed on photographs of the usual size.
const exported = {};
for (const arm of Object.keys(arms)) {
  const args = [...ofFirstSeed(arm), "--out", place(`exported/${arm}`), "--images", "5", "--force", "--json"];
  const { networks } = await once(place(`exported-${arm}.json`), async () =>
    JSON.parse(await retort(["export", ...args])),
  );
  exported[arm] = { file: join(networks[0].folder, "inference.onnx"), bytes: networks[0].files["inference.onnx"] };
}
const rounds = await once(place("inference.json"), async () =>
  [1, 2, 3].map(() => Object.values(exported).map(({ file }) => secondsOf(file))),
);

const table = resultsTable(results, ["hmean", "precision", "recall"], (await teach()).metrics);
const sizeAndTime = Object.entries(exported).map(([arm, { bytes }], i) => {
  const times = rounds.map((round) => `${(1000 * round[i]).toFixed(0)} ms`);
  return `| ${arm} | ${bytes} | ${times.join(", ")} |`;
});
const inference = ["| arm | bytes of its ONNX file | 736x1280, three times |", "|---|---|---|", ...sizeAndTime, ""];
const text = `${table}\n${inference.join("\n")}`;
writeFileSync(place("results.md"), text);
console.log(`\n${text}`);
