// Times the same work here and in other systems, in turn, so that all meet the same machine:
//   node bench/compare.mjs [--torch SCRIPT] [--python python3] [--threads 2] [--steps 5] [--rounds 3] [--setting A] ...
// Settings A and B are a training step of recognition distillation, C is one of detection CML; D and E are the Student's
// inference, one image and sixteen. Python runs the scripts beside this file, of the frameworks that PYTHON has; for A and
// B in PyTorch, SCRIPT is called as `PYTHON SCRIPT BATCH THREADS CLASSES STEPS WIDTH`. Each prints `step SECONDSs` (as in
// "step 1.234s"), its median. Inference in PyTorch also needs onnx2torch. Needs `npm run build`. Writes JSON: seconds of
// every round, their medians, ours divided by each of the others, and the peak of the resident memory in bytes.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { printedBy, retortBench } from "./processes.mjs";

const settings = {
  A: { task: "rec", batch: 8, width: 320, classes: 6625 },
  B: { task: "rec", batch: 32, width: 160, classes: 97 },
  C: { task: "det", batch: 2, width: 320 },
  D: { task: "inference", batch: 1, width: 320, classes: 6625 },
  E: { task: "inference", batch: 16, width: 320, classes: 6625 },
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

const beside = (name) => fileURLToPath(new URL(name, import.meta.url));

const folder = mkdtempSync(join(tmpdir(), "retort-compare-"));
process.on("exit", () => rmSync(folder, { recursive: true }));
/** The Student, as ours writes it and the others read it. */
const student = join(folder, "student.onnx");

/** What `retort bench` is asked for, by task. */
const benched = {
  rec: ({ classes }) => ["train-step", "--classes", classes],
  det: ({ width }) => ["train-step", "-c", beside("../configs/det/pp-ocrv3-cml.yml"), "--height", width],
  inference: ({ classes }) => ["inference", "--classes", classes, "--onnx", student],
};

function retort(setting) {
  const { task, batch, width } = setting;
  const { threads, steps } = values;
  const options = { batch, width, threads, steps };
  const { seconds, peakMemoryBytes: peak } = retortBench(benched[task](setting), options);
  return { seconds, peak };
}

function has(module) {
  const check = `import importlib.util, sys; sys.exit(importlib.util.find_spec('${module}') is None)`;
  const there = spawnSync(values.python, ["-c", check]).status === 0;
  if (!there) console.error(`${values.python} has no ${module}: it is left out`);
  return there;
}

const frameworks = ["paddle", "torch"].filter(has);

/** What is timed in a setting, by name: ours first, since the others read what it writes. */
function runners(setting) {
  const { task, batch, width, classes } = setting;
  const { threads, steps, torch } = values;
  const python = (script, args) => () => printedBy(values.python, [beside("with-peak.py"), script, ...args]);
  const own = ["retort", () => retort(setting)];
  if (task === "rec") {
    const scripts = { paddle: beside("paddle-rec-step.py"), torch };
    const there = frameworks.filter((framework) => scripts[framework] !== undefined);
    const args = [batch, threads, classes, steps, width];
    return [own, ...there.map((framework) => [framework, python(scripts[framework], args)])];
  }
  if (task === "det") {
    const args = [batch, threads, steps, width];
    return [own, ...frameworks.map((framework) => [framework, python(beside("det-step.py"), [framework, ...args])])];
  }
  const args = [student, batch, 48, width, threads, steps];
  return [
    own,
    ["onnxruntime", () => printedBy(process.execPath, [beside("onnx-inference.mjs"), ...args])],
    ...(has("onnx2torch") ? [["torch", python(beside("onnx-inference.py"), args)]] : []),
  ];
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function compare(setting) {
  const timed = runners(setting);
  const runs = Object.fromEntries(timed.map(([name]) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, run] of timed) runs[name].push(run());
  }
  const ofEach = (summary) => Object.fromEntries(Object.entries(runs).map(([name, list]) => [name, summary(list)]));
  const seconds = ofEach((list) => list.map((run) => run.seconds));
  const medians = ofEach((list) => median(list.map((run) => run.seconds)));
  const peaks = ofEach((list) => Math.max(...list.map((run) => run.peak ?? Number.NaN)));
  const others = Object.entries(medians).filter(([name]) => name !== "retort");
  const ratios = Object.fromEntries(others.map(([name, time]) => [`retort/${name}`, medians.retort / time]));
  return { ...setting, seconds, medians, ratios, peaks };
}

const report = { node: process.version, threads: Number(values.threads), steps: Number(values.steps) };
for (const name of values.setting) {
  if (!Object.hasOwn(settings, name))
    throw new Error(`--setting ${name}: expected ${Object.keys(settings).join(", ")}`);
  report[name] = compare(settings[name]);
}
console.log(JSON.stringify(report, null, 2));
