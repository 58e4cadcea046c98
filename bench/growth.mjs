// How the time of a training step grows with batch, width, classes and depth: full-size PP-OCRv3 recognition distillation,
// everything else at 4 images, 48x160, 1,000 classes and 2 layers. After a build:
//   node bench/growth.mjs [--threads 2] [--steps 3] --out docs/performance-growth.svg > growth.json
// Draws the plot, and writes a table to the terminal: seconds, the line through them by least squares, and how far the
// farthest of them lies from it. Points whose peak memory came near the machine's are no evidence; the JSON has the peaks.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parse, View } from "vega";
import { compile } from "vega-lite";
import { retortBench } from "./processes.mjs";

const { values } = parseArgs({
  options: {
    threads: { type: "string", default: "2" },
    steps: { type: "string", default: "3" },
    out: { type: "string" },
  },
});
if (values.out === undefined) throw new Error("--out: the SVG file to write is needed");

const middle = { batch: 4, width: 160, classes: 1000, depth: 2 };
const axes = {
  batch: { title: "images a step", at: [1, 2, 4, 8, 16, 32] },
  width: { title: "width of an image, pixels", at: [80, 160, 320, 480, 640] },
  classes: { title: "classes", at: [100, 1000, 6625, 13250, 26500] },
  depth: { title: "layers of the SVTR neck", at: [1, 2, 4, 8, 12] },
};

const config = fileURLToPath(new URL("../configs/rec/pp-ocrv3-distillation.yml", import.meta.url));

/** Seconds and peak memory of a step of that size. */
function measure({ depth, ...sizes }) {
  const neck = (network) => `Architecture.Models.${network}.Head.head_list.0.CTCHead.Neck.depth=${depth}`;
  const what = ["train-step", "-c", config, "-o", neck("Student"), neck("Teacher")];
  const { threads, steps } = values;
  const { seconds, peakMemoryBytes } = retortBench(what, { ...sizes, threads, steps });
  return { seconds, peakMemoryBytes };
}

/** The line through points by least squares, and the largest distance of a point from it, as a share of the point. */
function lineThrough(points) {
  const mean = (of) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((point) => point.x), mean((point) => point.seconds)];
  const slope = mean((p) => (p.x - x) * (p.seconds - y)) / mean((p) => (p.x - x) ** 2);
  const offset = y - slope * x;
  const farthest = Math.max(...points.map((p) => Math.abs(p.seconds - offset - slope * p.x) / p.seconds));
  return { slope, offset, farthest };
}

function panel({ title, points, line }) {
  const last = points.at(-1).x;
  const ends = [0, last].map((x) => ({ x, seconds: line.offset + line.slope * x }));
  const x = { field: "x", type: "quantitative", title, scale: { domain: [0, last] } };
  const y = { field: "seconds", type: "quantitative", title: "seconds a step", scale: { zero: true } };
  return {
    width: 260,
    height: 170,
    layer: [
      { data: { values: ends }, mark: { type: "line", color: "#b4bbc8", clip: true } },
      { data: { values: points }, mark: { type: "point", filled: true, size: 45, color: "#2f6fde", opacity: 1 } },
    ],
    encoding: { x, y },
  };
}

const report = { node: process.version, threads: Number(values.threads), steps: Number(values.steps), middle };
for (const [axis, { title, at }] of Object.entries(axes)) {
  const points = at.map((x) => ({ x, ...measure({ ...middle, [axis]: x }) }));
  const line = lineThrough(points);
  report[axis] = { title, points, line };
  const seconds = points.map(({ x, seconds }) => `${x}: ${seconds.toFixed(2)}`).join(", ");
  const { offset, slope, farthest } = line;
  const off = `${(100 * farthest).toFixed(0)} %`;
  console.error(`${title}: ${seconds}; ${offset.toFixed(3)} s + ${slope.toPrecision(3)} s each, off by ${off} at most`);
}
const spec = {
  background: "white",
  padding: 8,
  concat: Object.keys(axes).map((axis) => panel(report[axis])),
  columns: 2,
  config: { font: "system-ui, sans-serif", axis: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal" } },
};
const view = new View(parse(compile(spec).spec), { renderer: "none" });
writeFileSync(values.out, await view.toSVG());
console.log(JSON.stringify(report, null, 1));
