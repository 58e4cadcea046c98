/**
 * What `Global.teacher_cache` gains: trains one config without it, with an empty one, and with the one that this filled.
 * Tells each training's time per epoch, evaluation and checkpoints not counted, and its last evaluation.
 *
 * node bench/teacher-cache.mjs -c CONFIG [-o KEY=VALUE ...] [--forms float32,float16,float16:10] [--out DIR]
 *
 * A form is a precision and, behind a colon, teacher_cache_top_k. The config has a frozen network, see docs/measurements.md.
 */
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { trainFromConfig } from "@retort/distill";

const { values } = parseArgs({
  options: {
    config: { type: "string", short: "c" },
    override: { type: "string", short: "o", multiple: true, default: [] },
    forms: { type: "string", default: "float32,float16" },
    out: { type: "string", default: "output/teacher-cache" },
  },
});
if (values.config === undefined) throw new Error("-c CONFIG is missing");

/** Seconds of each epoch's steps, and the metrics of the last evaluation. */
async function train(name, overrides) {
  const all = [...values.override, ...overrides, `Global.save_model_dir=${join(values.out, name)}`];
  const epochs = [];
  let metrics = {};
  let before = performance.now();
  for await (const report of trainFromConfig(values.config, all)) {
    const now = performance.now();
    if (report.kind === "step") epochs[report.epoch - 1] = (epochs[report.epoch - 1] ?? 0) + (now - before) / 1000;
    if (report.kind === "evaluation") metrics = report.metrics;
    if (report.kind === "warning") console.error(report.message);
    before = performance.now();
  }
  const seconds = epochs.map((time) => time.toFixed(2)).join(" ");
  console.log(`${name}: seconds per epoch ${seconds}; ${JSON.stringify(metrics)}`);
}

const bytesIn = (folder) =>
  readdirSync(folder, { recursive: true })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);

await train("without", []);
for (const form of values.forms.split(",")) {
  const [precision, topK] = form.split(":");
  const cache = join(values.out, `cache-${form.replace(":", "-top-")}`);
  rmSync(cache, { recursive: true, force: true });
  const keys = [`Global.teacher_cache=${cache}`, `Global.teacher_cache_precision=${precision}`];
  if (topK !== undefined) keys.push(`Global.teacher_cache_top_k=${topK}`);
  await train(`${form}, empty`, keys);
  await train(`${form}, filled`, keys);
  console.log(`${form}: ${(bytesIn(cache) / 2 ** 20).toFixed(1)} MiB`);
}
