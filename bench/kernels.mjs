// Times every kernel on shapes of the networks, and says how far from this machine's limits it is: multiply-adds in
// registers, and a copy of memory, both measured here.
//   npm run bench -- [--threads 2] [--only "conv2d 1x1"] [--time 300]
// Rows: name, median milliseconds, GFLOP/s or GB/s (every tensor read or written once), share of the limit.
import { parseArgs } from "node:util";
import { Bench } from "tinybench";
import { setEngineFlags } from "../packages/cli/dist/engine-flags.js";

const { values } = parseArgs({
  options: {
    threads: { type: "string", default: "2" },
    only: { type: "string", default: "" },
    time: { type: "string", default: "300" },
  },
});
setEngineFlags();
const { kernelCases } = await import("./kernel-cases.mjs");
const { copyCase, peakCase } = await import("./limits.mjs");
const { chooseTileColumns, scope, setThreads, threads } = await import("@retort/tensor");
chooseTileColumns();
setThreads(Number(values.threads));

/** Units of work a second: the median of many runs, and the best. */
async function measure({ name, make, operations, bytes }) {
  const run = make();
  const bench = new Bench({ time: Number(values.time), warmupTime: 100, iterations: 5 });
  bench.add(name, () => scope(() => void run()));
  await bench.run();
  const { error, latency } = bench.tasks[0].result;
  if (error) throw error;
  const milliseconds = latency.p50;
  const perSecond = (time) => (operations ?? bytes) / time / 1e6;
  return { milliseconds, rate: perSecond(milliseconds), best: perSecond(latency.min) };
}

// The best runs: threads that have just started, or neighbours on the machine, lower the median.
const { best: peak } = await measure(peakCase(threads()));
const { best: copy } = await measure(copyCase());
console.log(`${threads()} threads: ${peak.toFixed(1)} GFLOP/s in registers, ${copy.toFixed(1)} GB/s in a copy`);
for (const kernel of kernelCases.filter(({ name }) => name.includes(values.only))) {
  const { milliseconds, rate } = await measure(kernel);
  const [unit, limit] = kernel.operations === undefined ? ["GB/s", copy] : ["GFLOP/s", peak];
  const share = `${((100 * rate) / limit).toFixed(0)} %`;
  console.log(
    `${kernel.name.padEnd(66)} ${milliseconds.toFixed(3).padStart(9)} ms ${rate.toFixed(1).padStart(7)} ${unit.padEnd(7)} ${share.padStart(6)}`,
  );
}
process.exit(0);
