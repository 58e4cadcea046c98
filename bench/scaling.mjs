// Time per step of data-parallel training: measures it, fits a model, carries that to more machines. After a build:
//   node bench/scaling.mjs measure CONFIG [KEY=VALUE ...] > one.json
//   mpirun -np 2 node bench/scaling.mjs measure CONFIG [KEY=VALUE ...] > two.json
//   node bench/scaling.mjs model one.json two.json
// docs/scaling.md says what the model is.
import { readFileSync } from "node:fs";
import { createRun, loadConfig, trainStep } from "@retort/distill";
import { joinRanks } from "@retort/distill/parallel";
import { threads } from "@retort/tensor";

const steps = 12;
const warmUp = 2;
/** Bytes of the exchanges that are timed. */
const sizes = [8, 1 << 12, 1 << 16, 1 << 20, 1 << 22, 1 << 23, 1 << 24, 1 << 25];

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const secondsSince = (begun) => (performance.now() - begun) / 1000;

/** Ranks that add up how long they wait for others. */
function timed(ranks, clock) {
  const during = (work) => {
    const begun = performance.now();
    work();
    clock.waited += secondsSince(begun);
  };
  return {
    ...ranks,
    allReduce: (numbers, reduction) => during(() => ranks.allReduce(numbers, reduction)),
    startAllReduce(numbers) {
      const exchange = ranks.startAllReduce(numbers);
      return { test: () => exchange.test(), wait: () => during(() => exchange.wait()) };
    },
  };
}

async function measure(config, overrides) {
  const ranks = await joinRanks();
  const clock = { waited: 0 };
  const run = await createRun(await loadConfig(config, overrides), timed(ranks, clock));
  const gradientBytes = run.model
    .parameters()
    .reduce((sum, { trainable, value }) => sum + (trainable ? 4 * value.size : 0), 0);
  let batch;
  for await (const first of run.train.epoch()) {
    batch = first;
    break;
  }
  const times = [];
  const waits = [];
  for (let step = 0; step < warmUp + steps; step++) {
    ranks.barrier();
    clock.waited = 0;
    const begun = performance.now();
    await trainStep(run, batch, step);
    if (step < warmUp) continue;
    times.push(secondsSince(begun));
    waits.push(clock.waited);
  }
  const exchanges = sizes.map((bytes) => {
    const numbers = new Float32Array(new SharedArrayBuffer(Math.max(4, bytes)));
    const found = Array.from({ length: 12 }, () => {
      ranks.barrier();
      const begun = performance.now();
      ranks.allReduce(numbers);
      return secondsSince(begun);
    });
    return { bytes, seconds: median(found.slice(2)) };
  });
  const waited = ranks.gather(String(median(waits))).map(Number);
  if (ranks.rank === 0) {
    const all = { config, overrides, ranks: ranks.size, threads: threads(), batch: batch.size, gradientBytes };
    console.log(JSON.stringify({ ...all, seconds: median(times), waited, exchanges }, null, 1));
  }
  await run.train.close();
  await run.evaluation.close();
  ranks.close();
}

/** Latency a (s) and bandwidth b (bytes/s) of t = 2 (P - 1) a + 2 (P - 1) / P bytes / b, by least relative squares. */
function fitNetwork(exchanges, ranks) {
  const rows = exchanges.map(({ bytes, seconds }) => ({
    x: (2 * (ranks - 1)) / seconds,
    y: (2 * (ranks - 1) * bytes) / ranks / seconds,
  }));
  const sum = (of) => rows.reduce((total, row) => total + of(row), 0);
  const [xx, xy, yy, x, y] = [({ x }) => x * x, ({ x, y }) => x * y, ({ y }) => y * y, ({ x }) => x, ({ y }) => y].map(
    sum,
  );
  const determinant = xx * yy - xy * xy;
  const latency = (x * yy - y * xy) / determinant;
  const perByte = (xx * y - xy * x) / determinant;
  return { latency, bandwidth: 1 / perByte };
}

/** Seconds of adding up gradients over so many ranks. */
function exchangeSeconds({ latency, bandwidth }, ranks, bytes, bucketBytes) {
  const buckets = Math.ceil(bytes / bucketBytes);
  return 2 * (ranks - 1) * (buckets * latency + bytes / ranks / bandwidth);
}

/** Which part of a step is the backward pass, behind which an exchange can hide. */
const backwardShare = 2 / 3;
const bucketBytes = 2 ** 23;

/** Seconds of a step on so many ranks: compute, and what of the exchange is not hidden. */
function stepSeconds({ compute, overlap, bytes }, network, ranks) {
  const exchange = exchangeSeconds(network, ranks, bytes, bucketBytes);
  const hidden = Math.min(overlap * exchange, backwardShare * compute);
  return compute + exchange - hidden;
}

const networks = {
  "1 Gb/s Ethernet": { latency: 50e-6, bandwidth: 0.117e9 },
  "10 Gb/s Ethernet": { latency: 20e-6, bandwidth: 1.1e9 },
  "100 Gb/s InfiniBand": { latency: 2e-6, bandwidth: 11e9 },
};

function model(one, two) {
  const network = fitNetwork(two.exchanges, two.ranks);
  const bytes = two.gradientBytes;
  const exchange = exchangeSeconds(network, two.ranks, bytes, bucketBytes);
  const extra = Math.max(0, two.seconds - one.seconds);
  // The rank that waits least is the one that the others wait for; what it waits itself is the exchange's.
  const overlap = Math.min(1, Math.max(0, 1 - Math.min(...two.waited) / exchange));
  console.log(
    `one rank ${one.seconds.toFixed(3)} s a step, two ${two.seconds.toFixed(3)} s: efficiency ${(one.seconds / two.seconds).toFixed(3)}`,
  );
  console.log(
    `${extra.toFixed(3)} s more, of which the ranks wait ${two.waited.map((s) => s.toFixed(3)).join(" and ")} s; the rest is crowding and calls`,
  );
  console.log(
    `latency ${(1e6 * network.latency).toFixed(1)} us, bandwidth ${(network.bandwidth / 1e9).toFixed(2)} GB/s, overlap ${overlap.toFixed(2)}`,
  );
  const counts = [2, 8, 64, 1000];
  console.log(`| network | ${counts.map((count) => `${count} ranks`).join(" | ")} |`);
  console.log(`| --- |${counts.map(() => " --- |").join("")}`);
  for (const [name, values] of Object.entries({ "as measured": network, ...networks })) {
    const cells = counts.map((count) => {
      const seconds = stepSeconds({ compute: one.seconds, overlap, bytes }, values, count);
      return `${seconds.toFixed(3)} s, ${(one.seconds / seconds).toFixed(2)}`;
    });
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  }
}

const [verb, ...rest] = process.argv.slice(2);
if (verb === "measure" && rest.length > 0) await measure(rest[0], rest.slice(1));
else if (verb === "model" && rest.length === 2) model(...rest.map((path) => JSON.parse(readFileSync(path, "utf8"))));
else {
  console.error("usage: scaling.mjs measure CONFIG [KEY=VALUE ...] | scaling.mjs model ONE.json TWO.json");
  process.exitCode = 2;
}
