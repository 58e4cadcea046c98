import { addressOf } from "../../cpu/buffer.js";
import { parallelFor } from "../../cpu/threads.js";
import { sizeOf } from "../../shape.js";
import { f32, f32x4, i32, i32x4, type Kernel, kernel, ptr } from "../../wasm/index.js";
import { loadUpTo, storeUpTo } from "../lanes.js";
import { philox4, sourceArguments, sourceParams } from "../random-fill/philox4.js";
import type { DropoutCall } from "./call.js";
import { dropoutConstants } from "./plain.js";

/** Elements that are decided by the random words of one unit. */
const unitSize = 32;
/** Units that make a block. */
const grain = 256;

const dropoutKernel: Kernel = kernel(
  "dropout",
  { ...sourceParams, input: ptr, output: ptr, count: i32, threshold: i32, scale: f32 },
  (f, p, { start, end }) => {
    const scale = f.local(f32x4.splat(p.scale));
    const threshold = f.local(i32x4.splat(p.threshold));
    const lowHalf = f.local(i32x4.splat(0xffff));
    f.forRange(start, end, (unit) => {
      for (const [block, words] of philox4(f, unit, p).entries()) {
        for (const [k, half] of [words.and(lowHalf), words.shr(16).and(lowHalf)].entries()) {
          const first = f.local(unit.mul(unitSize).add(8 * block + 4 * k));
          const left = f.local(p.count.sub(first));
          const dropped = f.local(threshold.gt(half));
          const scaled = loadUpTo(f, p.input.at(first), left).mul(scale);
          storeUpTo(f, p.output.at(first), dropped.not().and(scaled.asInts()).asFloats(), left);
        }
      }
    });
  },
);

/** Dropout of contiguous float32, with a probability below 1. The bits are those of the plain twin. */
export function simdDropout({ input, output, probability, source }: DropoutCall): void {
  const count = sizeOf(input.shape);
  const { threshold, scale } = dropoutConstants(probability);
  const addresses = { input: addressOf(input), output: addressOf(output) };
  const args = { ...sourceArguments(source), ...addresses, count, threshold, scale };
  parallelFor(dropoutKernel, args, Math.ceil(count / unitSize), grain);
}
