import { parallelFor } from "../../cpu/threads.js";
import { f32x4, i32, kernel, ptr } from "../../wasm/index.js";
import type { Output } from "./block.js";

const GRAIN = 1 << 14;

/** Adds partial sums in order, then the bias and what the output held. Its range counts rows over the whole batch. */
const addPartsKernel = kernel(
  "gemmAddParts",
  { sums: ptr, parts: i32, c: ptr, cBatch: i32, cRow: i32, m: i32, n: i32, accumulate: i32, bias: ptr, biasAxis: i32 },
  (f, p, { start, end }) => {
    const partBytes = f.local(p.m.mul(p.n).shl(2));
    f.forRange(start, end, (index) => {
      const row = f.local(index.rem(p.m));
      const batch = f.local(index.div(p.m));
      const to = f.local(p.c.plus(batch.mul(p.cBatch)).plus(row.mul(p.cRow)));
      const from = f.local(p.sums.plus(batch.mul(p.parts).mul(partBytes)).at(row.mul(p.n)));
      const bias = f.local(p.bias.at(p.biasAxis.select(row, i32.of(0))));
      f.forLanes(
        0,
        p.n,
        (j) => {
          const sum = f.local(f32x4.zero);
          f.forRange(0, p.parts, (part) => sum.set(sum.add(from.at(j).plus(part.mul(partBytes)).load4())));
          f.if(p.bias.ne(0), () =>
            f.if(
              p.biasAxis,
              () => sum.set(sum.add(bias.splat())),
              () => sum.set(sum.add(bias.at(j).load4())),
            ),
          );
          f.if(p.accumulate, () => sum.set(sum.add(to.at(j).load4())));
          f.store(to.at(j), sum);
        },
        (j) => {
          const sum = f.local(f32x4.zero.lane(0));
          f.forRange(0, p.parts, (part) => sum.set(sum.add(from.at(j).plus(part.mul(partBytes)).load())));
          f.if(p.bias.ne(0), () => sum.set(sum.add(bias.at(p.biasAxis.select(i32.of(0), j)).load())));
          f.if(p.accumulate, () => sum.set(sum.add(to.at(j).load())));
          f.store(to.at(j), sum);
        },
      );
    });
  },
);

/** Writes the sums of `parts` outputs [batch, parts, m, n]; with 0 parts, of nothing. */
export function addParts(output: Output, sums: number, parts: number): void {
  const { m, n, batch, c, cRow, cBatch, accumulate, bias = 0, biasAxis } = output;
  const args = {
    sums,
    parts,
    c,
    cBatch: 4 * cBatch,
    cRow: 4 * cRow,
    m,
    n,
    accumulate: Number(accumulate),
    bias,
    biasAxis: Number(biasAxis === "row"),
  };
  parallelFor(addPartsKernel, args, batch * m, Math.max(1, Math.floor(GRAIN / n)));
}
