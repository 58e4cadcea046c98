// Does distillation help to find text in photographs? `npm run experiment:det -- --photos FOLDER` trains one small
// detection network alone, beside its twin, and beside its twin and a larger teacher, and measures each on photographs
// that no training saw. Every training goes on where it stopped, so it may be interrupted at will; see README.md.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { resultsTable } from "../table.mjs";
import { inParallel, once, retort, schedule, training } from "../trainings.mjs";

const { values } = parseArgs({
  options: {
    photos: { type: "string" },
    out: { type: "string", default: "output/experiment-det" },
    seeds: { type: "string", default: "2" },
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

/** Every fifth photograph is held out. */
function split() {
  const all = readFileSync(join(photos, "train.txt"), "utf8").split("\n").filter(Boolean);
  const part = (held) => all.filter((_, i) => (i % 5 === 4) === held);
  writeFileSync(place("photos-train.txt"), `${part(false).join("\n")}\n`);
  writeFileSync(place("photos-val.txt"), `${part(true).join("\n")}\n`);
}

const data = {
  scenes: { folder: place("scenes"), train: place("scenes/train.txt"), val: place("scenes/val.txt"), epochs: 16 },
  photos: { folder: photos, train: place("photos-train.txt"), val: place("photos-val.txt"), epochs: 60 },
};

/** What all trainings on one kind of data share; only the weights at the end count, so it is evaluated once. */
function settings(name, set, seed) {
  const { folder, train, val, epochs } = data[set];
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

function train(name, kind, set, seed, more = []) {
  const args = ["-c", config(kind), "-o", ...settings(name, set, seed), ...more];
  return training({ out, name, train: args, test: args, threads, deadline });
}

const larger = [
  "Architecture.Backbone.scale=1.0",
  "Architecture.Neck={name: LKPAN, out_channels: 64, mode: lite}",
  "Architecture.Head.kernel_list=[7, 2, 2]",
];
const best = (name) => place(`${name}/best_accuracy`);
const from = (name) => [`Global.pretrained_model=${best(name)}`];
const begin = (network, name) => `Architecture.Models.${network}.pretrained=${best(name)}`;

/** Weights of the Student, and of its twin, that have seen drawn scenes only. */
const drawn = (seed) => train(`student-scenes-${seed}`, "student", "scenes", seed);

async function teach() {
  await train("teacher-scenes", "student", "scenes", 1, larger);
  return train("teacher", "student", "photos", 1, [...larger, ...from("teacher-scenes")]);
}

const arms = {
  alone: (seed) => train(`alone-${seed}`, "student", "photos", seed, from(`student-scenes-${seed}`)),
  dml: (seed) => train(`dml-${seed}`, "dml", "photos", seed, twins(seed)),
  cml: (seed) => train(`cml-${seed}`, "cml", "photos", seed, [...twins(seed), begin("Teacher", "teacher")]),
};

const twins = (seed) => [
  begin("Student", `student-scenes-${seed}`),
  begin("Student2", `student-scenes-${(seed % seeds.length) + 1}`),
];

mkdirSync(out, { recursive: true });
split();
await once(place("drawn-scenes.json"), async () => {
  const sizes = ["-n", "1000", "--val", "50", "--seed", "1"];
  return JSON.parse(await retort(["synth", "--task", "det", "-d", data.scenes.folder, ...sizes, "--force", "--json"]));
});
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
let taught;
await inParallel(
  [
    async () => {
      taught = await teach();
    },
    ...seeds.map((seed) => () => drawn(seed)),
  ],
  jobs,
);
const results = Object.fromEntries(Object.keys(arms).map((arm) => [arm, []]));
const runs = Object.entries(arms).flatMap(([arm, run]) =>
  seeds.map((seed) => async () => results[arm].push((await run(seed)).metrics)),
);
await inParallel(runs, jobs);

const table = resultsTable(results, ["hmean", "precision", "recall"], taught.metrics);
writeFileSync(place("results.md"), table);
console.log(`\n${table}`);
