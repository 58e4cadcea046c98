// Times a training step here and in Python, in turn, so that all meet the same machine:
//   node bench/compare.mjs [--torch SCRIPT] [--python python3] [--threads 2] [--steps 5] [--rounds 3] [--setting A] ...
// Settings A and B are recognition distillation, C is detection CML. Python runs the scripts beside this file, of the
// frameworks that PYTHON has; for A and B in PyTorch, SCRIPT is called as `PYTHON SCRIPT BATCH THREADS CLASSES STEPS
// WIDTH`. Each prints `step SECONDSs` (as in "step 1.234s"), its median. Needs `npm run build`. Writes JSON: seconds of
// every round, their medians, and ours divided by each of the others.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const settings = {
  A: { task: "rec", batch: 8, width: 320, classes: 6625 },
  B: { task: "rec", batch: 32, width: 160, classes: 97 },
  C: { task: "det", batch: 2, width: 320 },
};

const { values } = parseArgs({
  options: {
    torch: { type: "string" },
    python: { type: "string", default: "python3" },
    threads: { type: "string", default: "2" },
    steps: { type: "string", default: "5" },
    rounds: { type: "string", default: "3" },
    setting: { type: "string", multiple: true, default: Object.keys(settings) },
  },
});

function output(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 2 ** 26 });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}:\n${stderr}`);
  return stdout;
}

const beside = (name) => fileURLToPath(new URL(name, import.meta.url));
const bin = beside("../packages/cli/bin/retort.js");

function retort({ task, batch, width, classes }) {
  const what =
    task === "rec" ? ["--classes", classes] : ["-c", beside("../configs/det/pp-ocrv3-cml.yml"), "--height", width];
  const run = ["--batch", batch, "--width", width, "--threads", values.threads, "--steps", values.steps, "--json"];
  return JSON.parse(output(process.execPath, [bin, "bench", "train-step", ...what, ...run].map(String))).seconds;
}

function python(script, args) {
  const printed = output(values.python, [script, ...args].map(String));
  const found = /\bstep ([\d.]+)\s*s\b/.exec(printed);
  if (!found) throw new Error(`${script}: expected "step SECONDSs" in its output, found ${JSON.stringify(printed)}`);
  return Number(found[1]);
}

function has(module) {
  const check = `import importlib.util, sys; sys.exit(importlib.util.find_spec('${module}') is None)`;
  const there = spawnSync(values.python, ["-c", check]).status === 0;
  if (!there) console.error(`${values.python} has no ${module}: it is left out`);
  return there;
}

const frameworks = ["paddle", "torch"].filter(has);

/** What is timed in a setting, by name. */
function runners(setting) {
  const { task, batch, width, classes } = setting;
  const { threads, steps, torch } = values;
  const scripts = { paddle: beside("paddle-rec-step.py"), torch };
  const others =
    task === "rec"
      ? frameworks
          .filter((framework) => scripts[framework] !== undefined)
          .map((framework) => [framework, () => python(scripts[framework], [batch, threads, classes, steps, width])])
      : frameworks.map((framework) => [
          framework,
          () => python(beside("det-step.py"), [framework, batch, threads, steps, width]),
        ]);
  return [["retort", () => retort(setting)], ...others];
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function compare(setting) {
  const timed = runners(setting);
  const seconds = Object.fromEntries(timed.map(([name]) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, run] of timed) seconds[name].push(run());
  }
  const medians = Object.fromEntries(Object.entries(seconds).map(([name, list]) => [name, median(list)]));
  const others = Object.entries(medians).filter(([name]) => name !== "retort");
  const ratios = Object.fromEntries(others.map(([name, time]) => [`retort/${name}`, medians.retort / time]));
  return { ...setting, seconds, medians, ratios };
}

const report = { threads: Number(values.threads), steps: Number(values.steps) };
for (const name of values.setting) {
  if (!Object.hasOwn(settings, name)) throw new Error(`--setting ${name}: expected A, B or C`);
  report[name] = compare(settings[name]);
}
console.log(JSON.stringify(report, null, 2));
