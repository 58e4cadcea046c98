// What the machine can do at most.
import { evaluate, expression, randomUniform, tileColumns } from "@retort/tensor";
import { parallelFor } from "../packages/tensor/dist/cpu/threads.js";
import { f32x4, i32, kernel } from "../packages/tensor/dist/wasm/index.js";

const turns = 1_000_000;
/** As many as the latency of an addition hides, in vectors or in pairs of vectors. */
const chainsOf = (columns) => (columns === 16 ? 20 : 10);
const scratchBytes = 16 * chainsOf(16);

/** Multiply-adds in chains that wait for nothing but themselves. What lies side by side may be joined. */
const registers = kernel("registers", { turns: i32 }, (f, p, { start, end, scratch }) =>
  f.forRange(start, end, () => {
    const places = Array.from({ length: chainsOf(f.tileColumns) }, (_, i) => 4 * i);
    for (const place of places) f.store(scratch, f32x4.splat(0.999), place);
    const sums = places.map((place) => f.local(scratch.load4(place)));
    const factor = f.local(scratch.splat(0));
    f.times(p.turns, () => {
      for (const sum of sums) sum.set(f.mulAdd(factor, factor, sum));
    });
    for (const [i, sum] of sums.entries()) f.store(scratch, sum, places[i]);
  }),
);

/** Multiplications and additions without memory, in as many blocks as threads. */
export const peakCase = (threads) => ({
  name: "registers",
  operations: threads * turns * chainsOf(tileColumns()) * 8,
  make: () => () => parallelFor(registers, { turns }, threads, 1, scratchBytes),
});

const floats = 1 << 23;

const copied = expression(({ x }) => x.add(0));

/** A copy of 32 MiB, by all threads. */
export const copyCase = () => ({
  name: "copy",
  bytes: 2 * 4 * floats,
  make: () => {
    const x = randomUniform([floats], 0, 1, [1, 2], 0);
    return () => evaluate(copied, [x]);
  },
});
