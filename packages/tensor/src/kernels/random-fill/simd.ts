import { addressOf } from "../../cpu/buffer.js";
import { parallelFor } from "../../cpu/threads.js";
import { sizeOf } from "../../shape.js";
import { f32, f32x4, i32, type Kernel, kernel, ptr } from "../../wasm/index.js";
import { storeUpTo } from "../lanes.js";
import type { RandomFillCall } from "./call.js";
import { philox4, sourceArguments, sourceParams } from "./philox4.js";

/** Units, of 16 elements each, that make a block. */
const grain = 512;

const uniformKernel: Kernel = kernel(
  "randomUniform",
  { ...sourceParams, output: ptr, count: i32, shift: f32, scale: f32 },
  (f, p, { start, end }) => {
    const [shift, scale] = [p.shift, p.scale].map((value) => f.local(f32x4.splat(value)));
    const mask = f.constantInt(0xffffff);
    f.forRange(start, end, (unit) => {
      for (const [i, words] of philox4(f, unit, p).entries()) {
        const first = f.local(unit.mul(16).add(4 * i));
        const uniform = words
          .shr(8)
          .and(mask)
          .toFloats()
          .mul(f32x4.splat(2 ** -24));
        storeUpTo(f, p.output.at(first), uniform.mul(scale).add(shift), f.local(p.count.sub(first)));
      }
    });
  },
);

/** Uniform random numbers in contiguous float32. The bits are those of the plain twin. */
export function simdRandomUniform({ output, shift, scale, source }: RandomFillCall): void {
  const count = sizeOf(output.shape);
  const args = { output: addressOf(output), count, shift, scale, ...sourceArguments(source) };
  parallelFor(uniformKernel, args, Math.ceil(count / 16), grain);
}
