// Does distillation help? `npm run experiment:rec` trains a small recognition network in several ways on the same lines
// and measures each on 2,000 lines that no training saw. Every training goes on where it stopped, and what is done is not
// done again, so it may be interrupted at will; see README.md.
//   npm run experiment:rec -- [--out output/experiment-rec] [--seeds 3] [--arms alone,mutual] [--stop-after HOURS]
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { arms, teacher } from "./arms.mjs";
import { shared } from "./config.mjs";
import { resultsTable } from "./table.mjs";

const { values } = parseArgs({
  options: {
    out: { type: "string", default: "output/experiment-rec" },
    seeds: { type: "string", default: "3" },
    arms: { type: "string", default: Object.keys(arms).join(",") },
    "stop-after": { type: "string", default: "10" },
  },
});
const { out } = values;
const bin = fileURLToPath(new URL("../../packages/cli/bin/retort.js", import.meta.url));
const deadline = Date.now() + Number(values["stop-after"]) * 3_600_000;
mkdirSync(out, { recursive: true });

function retort(args, piped = false) {
  const stdio = ["ignore", piped ? "pipe" : "inherit", "inherit"];
  const { status, stdout, signal } = spawnSync(process.execPath, [bin, ...args], { stdio, encoding: "utf8" });
  if (signal !== null || status !== 0) {
    console.error(`stopped (${signal ?? status}); the same command goes on`);
    process.exit(status ?? 1);
  }
  return stdout;
}

/** Runs `work` unless its result is on the disk already. */
function once(file, work) {
  if (!existsSync(file)) {
    const result = work();
    writeFileSync(`${file}.tmp`, `${JSON.stringify(result, null, 1)}\n`);
    renameSync(`${file}.tmp`, file);
  }
  return JSON.parse(readFileSync(file, "utf8"));
}

// 4 to 8 small letters and digits; what is held out occurs nowhere else.
const draws = {
  student: ["-n", "8000", "--val", "1000", "--seed", "1"],
  test: ["-n", "2000", "--seed", "2"],
  teacher: ["-n", "40000", "--seed", "3"],
};
const folder = (set) => join(out, "data", set);

function draw(set) {
  const held = {
    student: [],
    test: ["student/train.txt", "student/val.txt"],
    teacher: ["student/val.txt", "test/train.txt"],
  };
  const exclude = held[set].flatMap((file) => ["--exclude", join(out, "data", file)]);
  const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  once(join(out, `drawn-${set}.json`), () =>
    JSON.parse(
      retort(
        [
          "synth",
          "-d",
          folder(set),
          "--alphabet",
          alphabet,
          "--length",
          "4-8",
          ...draws[set],
          ...exclude,
          "--force",
          "--json",
        ],
        true,
      ),
    ),
  );
}

const lines = (set, labels) => ({ folder: folder(set), labels });

function writeConfig(file, config) {
  writeFileSync(file, `${JSON.stringify(config, null, 1)}\n`);
  return file;
}

/** Trains, measures the best model on the test lines, and returns what is to be told. */
function train(name, config, settings) {
  return once(join(out, `${name}.json`), () => {
    if (Date.now() > deadline) {
      console.error("the time is over; the same command goes on");
      process.exit(1);
    }
    console.log(`\n== ${name}`);
    const place = join(out, name);
    const common = { save: place, dict: join(folder("student"), "dict.txt"), learningRate: 0.004, ...settings };
    const val = lines("student", "val.txt");
    const training = writeConfig(join(out, `${name}.yml`), { ...config, ...shared({ ...common, val }) });
    const latest = join(place, "latest");
    const goOn = existsSync(`${latest}.json`) ? ["-o", `Global.checkpoints=${latest}`] : [];
    retort(["train", "-c", training, ...goOn]);
    const held = { ...config, ...shared({ ...common, val: lines("test", "train.txt") }) };
    const test = writeConfig(join(out, `${name}-test.yml`), held);
    return JSON.parse(retort(["eval", "-c", test, "--json"], true));
  });
}

for (const set of Object.keys(draws)) draw(set);
const taught = train("teacher", teacher, { seed: 1, epochs: 5, train: lines("teacher", "train.txt") });
const weights = join(out, "teacher", "best_accuracy");
const results = Object.fromEntries(values.arms.split(",").map((arm) => [arm, []]));
for (let seed = 1; seed <= Number(values.seeds); seed++) {
  for (const arm of Object.keys(results)) {
    const settings = { seed, epochs: 8, train: lines("student", "train.txt") };
    results[arm].push(train(`${arm}-${seed}`, arms[arm](weights), settings).metrics);
  }
}
const table = resultsTable(results, taught.metrics);
writeFileSync(join(out, "results.md"), table);
console.log(`\n${table}`);
