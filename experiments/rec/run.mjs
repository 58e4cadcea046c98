// Does distillation help? `npm run experiment:rec` trains a small recognition network in several ways on the same lines
// and measures each on 2,000 lines that no training saw. Every training goes on where it stopped, and what is done is not
// done again, so it may be interrupted at will; see README.md.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { resultsTable } from "../table.mjs";
import { inParallel, memoized, once, retort, schedule, training } from "../trainings.mjs";
import { arms, start, taughtArms, teacher, wholeArms } from "./arms.mjs";
import { shared } from "./config.mjs";

const { values } = parseArgs({
  options: {
    out: { type: "string", default: "output/experiment-rec" },
    seeds: { type: "string", default: "3" },
    arms: { type: "string", default: Object.keys(arms).join(",") },
    jobs: { type: "string", default: "1" },
    "stop-after": { type: "string", default: "10" },
  },
});
const { out } = values;
const { jobs, threads, deadline } = schedule(values);
const asked = values.arms.split(",");
const folder = (set) => join(out, "data", set);

// Lines of 4 to 8 small letters and digits; what is held out occurs nowhere else.
const drawings = {
  student: { sizes: ["-n", "3000", "--val", "1000", "--seed", "1"], without: [] },
  test: { sizes: ["-n", "2000", "--seed", "2"], without: ["student/train.txt", "student/val.txt"] },
  teacher: { sizes: ["-n", "40000", "--seed", "3"], without: ["student/val.txt", "test/train.txt"] },
};

function draw(set) {
  const { sizes, without } = drawings[set];
  const exclude = without.flatMap((file) => ["--exclude", folder(file)]);
  const what = ["--alphabet", "abcdefghijklmnopqrstuvwxyz0123456789", "--length", "4-8"];
  return once(join(out, `drawn-${set}.json`), async () =>
    JSON.parse(await retort(["synth", "-d", folder(set), ...what, ...sizes, ...exclude, "--force", "--json"])),
  );
}

function writeConfig(file, config) {
  writeFileSync(file, `${JSON.stringify(config, null, 1)}\n`);
  return ["-c", file];
}

function train(name, config, set, settings) {
  const place = join(out, name);
  const common = {
    save: place,
    dict: join(folder("student"), "dict.txt"),
    train: { folder: folder(set), labels: "train.txt" },
    ...settings,
  };
  const chosen = { ...config, ...shared({ ...common, val: { folder: folder("student"), labels: "val.txt" } }) };
  const measured = { ...config, ...shared({ ...common, val: { folder: folder("test"), labels: "train.txt" } }) };
  return training({
    out,
    name,
    train: writeConfig(`${place}.yml`, chosen),
    test: writeConfig(`${place}-test.yml`, measured),
    threads,
    deadline,
  });
}

mkdirSync(out, { recursive: true });
for (const set of Object.keys(drawings)) await draw(set);

const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
const results = Object.fromEntries(asked.map((arm) => [arm, []]));

const teach = memoized(async () => {
  const { metrics } = await train("teacher", teacher, "teacher", { seed: 1, epochs: 3, learningRate: 0.004 });
  return { file: join(out, "teacher", "best_accuracy"), metrics };
});

const [startEpochs, armEpochs] = [32, 10];

const begin = memoized(async (seed) => {
  const name = `start-${seed}`;
  await train(name, start, "student", { seed, epochs: startEpochs, learningRate: 0.008 });
  const file = join(out, `${name}.safetensors`);
  await once(join(out, `${name}-extracted.json`), async () => {
    const checkpoint = join(out, name, "latest");
    return JSON.parse(await retort(["extract", checkpoint, "--model", "Student", "--out", file, "--force", "--json"]));
  });
  return file;
});

const needsTeacher = (arm) => taughtArms.includes(arm);

async function runArm(arm, seed) {
  const isWhole = wholeArms.includes(arm);
  const from = isWhole ? {} : { student: await begin(seed) };
  if (needsTeacher(arm)) from.teacher = (await teach()).file;
  // Pictures are not changed at random, so all epochs and seeds share what the teacher says of them.
  const teacherCache = needsTeacher(arm) ? join(out, "teacher-cache") : undefined;
  const course = isWhole
    ? { epochs: startEpochs + armEpochs, learningRate: 0.008 }
    : { epochs: armEpochs, learningRate: 0.004 };
  const settings = { seed, teacherCache, ...course };
  results[arm][seed - 1] = (await train(`${arm}-${seed}`, arms[arm](from), "student", settings)).metrics;
}

// The teacher's long training begins at once, beside what does not wait for it.
const tasksOf = (chosen) => seeds.flatMap((seed) => chosen.map((arm) => () => runArm(arm, seed)));
const waiting = asked.filter(needsTeacher);
const tasks = [
  ...(asked.every((arm) => wholeArms.includes(arm)) ? [] : seeds.map((seed) => () => begin(seed))),
  ...tasksOf(asked.filter((arm) => !needsTeacher(arm))),
  ...tasksOf(waiting),
];
await inParallel(waiting.length > 0 ? [teach, ...tasks] : tasks, jobs);

const table = resultsTable(results, ["acc", "norm_edit_dis"], waiting.length > 0 ? (await teach()).metrics : undefined);
writeFileSync(join(out, "results.md"), table);
console.log(`\n${table}`);
