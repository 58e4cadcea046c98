// What the machine can do at most.
import { evaluate, expression, randomUniform } from "@retort/tensor";
import { parallelFor } from "../packages/tensor/dist/cpu/threads.js";
import { f32x4, i32, kernel } from "../packages/tensor/dist/wasm/index.js";

const turns = 1_000_000;
const chains = 10;

/** Multiply-adds in chains that wait for nothing but themselves: as many as the latency of an addition hides. */
const registers = kernel("registers", { turns: i32 }, (f, p, { start, end, scratch }) =>
  f.forRange(start, end, () => {
    const sums = Array.from({ length: chains }, (_, i) => f.local(f32x4.splat(i)));
    const factor = f.local(f32x4.splat(0.999));
    f.times(p.turns, () => {
      for (const sum of sums) sum.set(f.mulAdd(factor, factor, sum));
    });
    for (const sum of sums) f.store(scratch, sum);
  }),
);

/** Multiplications and additions without memory, in as many blocks as threads. */
export const peakCase = (threads) => ({
  name: "registers",
  operations: threads * turns * chains * 8,
  make: () => () => parallelFor(registers, { turns }, threads, 1, 64),
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
