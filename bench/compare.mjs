// Times a training step here and in Python, in turn, so that all meet the same machine:
//   node bench/compare.mjs [--torch SCRIPT] [--paddle SCRIPT] [--python python3] [--threads 2] [--steps 5]
//     [--rounds 3] [--setting A] [--setting B]
// A script is called as `PYTHON SCRIPT BATCH THREADS CLASSES STEPS WIDTH` and prints `step SECONDSs` (as in
// "step 1.234s"), its median. Without --torch PyTorch is left out. Without --paddle it is paddle-rec-step.py, or
// PaddlePaddle is left out where PYTHON has none. Needs `npm run build`. Writes JSON: seconds of every round, their
// medians, and ours divided by each of the others.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const settings = {
  A: { batch: 8, width: 320, classes: 6625 },
  B: { batch: 32, width: 160, classes: 97 },
};

const { values } = parseArgs({
  options: {
    torch: { type: "string" },
    paddle: { type: "string" },
    python: { type: "string", default: "python3" },
    threads: { type: "string", default: "2" },
    steps: { type: "string", default: "5" },
    rounds: { type: "string", default: "3" },
    setting: { type: "string", multiple: true, default: ["A", "B"] },
  },
});

function output(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 2 ** 26 });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}:\n${stderr}`);
  return stdout;
}

const bin = fileURLToPath(new URL("../packages/cli/bin/retort.js", import.meta.url));

function retort({ batch, width, classes }) {
  const sizes = ["--batch", batch, "--width", width, "--classes", classes];
  const run = ["--threads", values.threads, "--steps", values.steps, "--json"];
  return JSON.parse(output(process.execPath, [bin, "bench", "train-step", ...sizes, ...run].map(String)))
    .secondsPerStep;
}

function python(script, { batch, width, classes }) {
  const printed = output(values.python, [script, batch, values.threads, classes, values.steps, width].map(String));
  const found = /\bstep ([\d.]+)\s*s\b/.exec(printed);
  if (!found) throw new Error(`${script}: expected "step SECONDSs" in its output, found ${JSON.stringify(printed)}`);
  return Number(found[1]);
}

function ownPaddleScript() {
  const check = "import importlib.util, sys; sys.exit(importlib.util.find_spec('paddle') is None)";
  if (spawnSync(values.python, ["-c", check]).status === 0) {
    return fileURLToPath(new URL("paddle-rec-step.py", import.meta.url));
  }
  console.error(`${values.python} has no paddle: PaddlePaddle is left out`);
  return undefined;
}

const scripts = { torch: values.torch, paddle: values.paddle ?? ownPaddleScript() };
const runners = [
  ["retort", retort],
  ...Object.entries(scripts)
    .filter(([, script]) => script)
    .map(([name, script]) => [name, (setting) => python(script, setting)]),
];

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function compare(setting) {
  const seconds = Object.fromEntries(runners.map(([name]) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, run] of runners) seconds[name].push(run(setting));
  }
  const medians = Object.fromEntries(Object.entries(seconds).map(([name, list]) => [name, median(list)]));
  const others = Object.entries(medians).filter(([name]) => name !== "retort");
  const ratios = Object.fromEntries(others.map(([name, time]) => [`retort/${name}`, medians.retort / time]));
  return { ...setting, seconds, medians, ratios };
}

const report = { threads: Number(values.threads), steps: Number(values.steps) };
for (const name of values.setting) {
  if (!Object.hasOwn(settings, name)) throw new Error(`--setting ${name}: expected A or B`);
  report[name] = compare(settings[name]);
}
console.log(JSON.stringify(report, null, 2));
