import { parallelFor } from "../../cpu/threads.js";
import { f32, f32x4, i32, kernel, ptr } from "../../wasm/index.js";
import type { SimdGemm } from "./simd.js";

const MOST_ROWS = 16;
const GRAIN_WORK = 1 << 17;

/**
 * True when K lies side by side in both operands and there are too few outputs a weight for packing to pay: a few rows
 * against a transposed matrix, or a vector.
 */
export function suitsDot({ m, n, k, aCol, bRow, segments = 1 }: SimdGemm): boolean {
  return aCol === 1 && bRow === 1 && segments === 1 && k > 0 && (m <= MOST_ROWS || n <= 2);
}

/** Dot products, 4 rows by 2 columns at a time. Its range counts pairs of columns over the whole batch. */
const dot = kernel(
  "gemmDot",
  {
    a: ptr,
    aBatch: i32,
    aRow: i32,
    b: ptr,
    bBatch: i32,
    bColumn: i32,
    c: ptr,
    cBatch: i32,
    cRow: i32,
    m: i32,
    n: i32,
    k: i32,
    accumulate: i32,
    bias: ptr,
    biasRow: i32,
    biasColumn: i32,
  },
  (f, p, { start, end }) => {
    const pairs = f.local(p.n.add(1).shr(1));
    f.forRange(start, end, (index) => {
      const column = f.local(index.rem(pairs).shl(1));
      const batch = f.local(index.div(pairs));
      const second = f.local(column.add(1).lt(p.n));
      const right = f.local(p.b.plus(batch.mul(p.bBatch)).plus(column.mul(p.bColumn)));
      const rightStep = second.select(p.bColumn, 0);
      const a = f.local(p.a.plus(batch.mul(p.aBatch)));
      f.forRange(
        0,
        p.m,
        (row) => {
          const rows = [0, 1, 2, 3];
          const present = rows.map((i) => f.local(row.add(i).lt(p.m)));
          // A missing row or column repeats its neighbour, and is not stored.
          const lefts = rows.map((i) => f.local(a.plus(present[i].select(row.add(i), row).mul(p.aRow))));
          const rights = [f.local(right), f.local(right.plus(rightStep))];
          const sums = rows.map(() => [f.local(f32x4.zero), f.local(f32x4.zero)]);
          const tails = rows.map(() => [f.local(f32.of(0)), f.local(f32.of(0))]);
          const advance = (by: number): void => {
            for (const pointer of [...lefts, ...rights]) pointer.advance(by);
          };
          f.times(p.k.shr(2), () => {
            const w = rights.map((pointer) => f.local(pointer.load4()));
            for (const i of rows) {
              const x = f.local(lefts[i].load4());
              for (const j of [0, 1]) sums[i][j].set(f.mulAdd(x, w[j], sums[i][j]));
            }
            advance(4);
          });
          f.times(p.k.and(3), () => {
            for (const i of rows) {
              for (const j of [0, 1]) tails[i][j].set(tails[i][j].add(lefts[i].load().mul(rights[j].load())));
            }
            advance(1);
          });
          for (const i of rows) {
            for (const j of [0, 1]) {
              f.if(present[i].and(j === 0 ? 1 : second), () => {
                const [y, x] = [row.add(i), column.add(j)];
                const value = f.local(f.sum(sums[i][j]).add(tails[i][j]));
                const to = f.local(p.c.plus(batch.mul(p.cBatch)).plus(y.mul(p.cRow)).at(x));
                f.if(p.bias.ne(0), () => {
                  const from = p.bias.plus(y.mul(p.biasRow)).plus(x.mul(p.biasColumn));
                  value.set(value.add(from.load()));
                });
                f.if(p.accumulate, () => value.set(value.add(to.load())));
                f.store(to, value);
              });
            }
          }
        },
        4,
      );
    });
  },
);

/** The product of `suitsDot` operands, without packing. */
export function dotGemm(call: SimdGemm): void {
  const { m, n, k, batch = 1, biasAxis = "column" } = call;
  const args = {
    a: call.a,
    aBatch: 4 * (call.aBatch ?? 0),
    aRow: 4 * call.aRow,
    b: call.b,
    bBatch: 4 * (call.bBatch ?? 0),
    bColumn: 4 * call.bCol,
    c: call.c,
    cBatch: 4 * (call.cBatch ?? 0),
    cRow: 4 * call.cRow,
    m,
    n,
    k,
    accumulate: Number(call.accumulate ?? false),
    bias: call.bias ?? 0,
    biasRow: biasAxis === "row" ? 4 : 0,
    biasColumn: biasAxis === "row" ? 0 : 4,
  };
  parallelFor(dot, args, batch * Math.ceil(n / 2), Math.max(1, Math.floor(GRAIN_WORK / (2 * k * Math.max(1, m)))));
}
