import { addressOf } from "../../cpu/buffer.js";
import { parallelFor } from "../../cpu/threads.js";
import { sizeOf } from "../../shape.js";
import { type F32x4, f32, f32x4, type I32x4, i32, i32x4, type Kernel, kernel, ptr } from "../../wasm/index.js";
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
      const first = f.local(unit.mul(unitSize));
      const [from, to] = [f.local(p.input.at(first)), f.local(p.output.at(first))];
      const left = f.local(p.count.sub(first));
      const masks = philox4(f, unit, p).flatMap((words) =>
        [words.and(lowHalf), words.shr(16).and(lowHalf)].map((half) => f.local(threshold.gt(half).not())),
      );
      const keep = (value: F32x4, mask: I32x4): F32x4 => mask.and(value.mul(scale).asInts()).asFloats();
      f.if(
        left.ge(unitSize),
        () => {
          for (const [v, mask] of masks.entries()) f.store(to, keep(from.load4(4 * v), mask), 4 * v);
        },
        () => {
          for (const [v, mask] of masks.entries()) {
            const rest = f.local(left.sub(4 * v));
            storeUpTo(f, to.at(4 * v), keep(loadUpTo(f, from.at(4 * v), rest), mask), rest);
          }
        },
      );
    });
  },
);

/** Dropout of contiguous float32, with a probability below 1. The bits are those of the plain twin. */
export function simdDropout({ input, output, probability, source }: DropoutCall): void {
  const count = sizeOf(input.shape);
  const { threshold, scale } = dropoutConstants(probability);
  const addresses = { input: addressOf(input), output: addressOf(output) };
  const args = { count, threshold, scale, ...addresses, ...sourceArguments(source) };
  parallelFor(dropoutKernel, args, Math.ceil(count / unitSize), grain);
}
