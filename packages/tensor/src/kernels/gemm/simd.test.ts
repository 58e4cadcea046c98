import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressOf } from "../../cpu/buffer.js";
import { heap } from "../../cpu/heap.js";
import { scope } from "../../memory.js";
import { guardedCopy, secondThread, simdSets, type TestedKernels, withKernels } from "../../testing/kernels.js";
import { numbers, sameBits } from "../../testing/numbers.js";
import { capabilities } from "../../wasm/index.js";
import { type SimdGemm, simdGemm } from "./simd.js";

interface Case {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Layout of a and b: rows side by side, columns side by side, or gaps everywhere. */
  readonly aLayout: "rows" | "columns" | "gaps";
  readonly bLayout: "rows" | "columns" | "gaps";
  readonly pad?: number;
  readonly accumulate?: boolean;
  readonly biasAxis?: "row" | "column";
  readonly batch?: number;
  readonly shareA?: boolean;
  readonly segments?: number;
}

function layout(kind: Case["aLayout"], rows: number, columns: number): { row: number; col: number; size: number } {
  if (kind === "rows") return { row: columns, col: 1, size: rows * columns };
  if (kind === "columns") return { row: 1, col: rows, size: rows * columns };
  return { row: 2 * columns + 3, col: 2, size: rows * (2 * columns + 3) };
}

/** Runs one case with the kernels; returns the outputs and the same sums in float64, with the sum of magnitudes. */
function run(c: Case, compare = true): { got: Float32Array; want: Float64Array; scale: Float64Array } {
  const { m, n, k, pad = 0, batch = 1, segments = 1 } = c;
  const a = layout(c.aLayout, m, k);
  const b = layout(c.bLayout, k, n);
  const cRow = n + pad;
  return scope(() => {
    const sizes = [
      a.size * segments * (c.shareA ? 1 : batch),
      b.size * segments * batch,
      Math.max(m, n),
      m * cRow * batch,
    ];
    const blocks = sizes.map((size, i) => guardedCopy(numbers([size], i + 1, "float32")));
    const [x1, x2, x3, before] = blocks.map(({ view }) => view.dataSync() as Float32Array);
    const [left, right, bias, out] = blocks.map(({ view }) => addressOf(view));
    const call: SimdGemm = {
      ...{ m, n, k, a: left, aRow: a.row, aCol: a.col, b: right, bRow: b.row, bCol: b.col },
      ...{ c: out, cRow, accumulate: c.accumulate, bias: c.biasAxis && bias, biasAxis: c.biasAxis },
      ...{ batch, aBatch: c.shareA ? 0 : a.size * segments, bBatch: b.size * segments, cBatch: m * cRow },
      ...{ segments, aSegment: a.size, bSegment: b.size },
    };
    simdGemm(call);
    for (const block of blocks) block.check();
    const got = blocks[3].view.dataSync() as Float32Array;
    const want = new Float64Array(got.length);
    const scale = new Float64Array(got.length);
    if (!compare) return { got, want, scale };
    want.set(before);
    for (let i = 0; i < batch; i++) {
      for (let y = 0; y < m; y++) {
        for (let x = 0; x < n; x++) {
          const there = c.accumulate ? before[i * m * cRow + y * cRow + x] : 0;
          const added = c.biasAxis ? x3[c.biasAxis === "row" ? y : x] : 0;
          let sum = there + added;
          let size = Math.abs(there) + Math.abs(added);
          for (let s = 0; s < segments; s++) {
            for (let l = 0; l < k; l++) {
              const p = x1[(c.shareA ? 0 : i * a.size * segments) + s * a.size + y * a.row + l * a.col];
              const q = x2[i * b.size * segments + s * b.size + l * b.row + x * b.col];
              sum += p * q;
              size += Math.abs(p * q);
            }
          }
          want[i * m * cRow + y * cRow + x] = sum;
          scale[i * m * cRow + y * cRow + x] = size;
        }
      }
    }
    return { got, want, scale };
  });
}

/** float32 rounding of a sum of k products, generously. Terms that cancel leave the rounding of their magnitudes. */
function compare(c: Case): void {
  const { got, want, scale } = run(c);
  for (let i = 0; i < got.length; i++) {
    const allowed = 1e-6 * scale[i] + 1e-30;
    if (!(Math.abs(got[i] - want[i]) <= allowed)) {
      throw new Error(`${JSON.stringify(c)}: element ${i} is ${got[i]}, expected ${want[i]} within ${allowed}`);
    }
  }
}

const layouts = ["rows", "columns", "gaps"] as const;

describe.each(simdSets)("simdGemm with %s kernels", (set) => {
  const check = (c: Case): void => withKernels(set, 1, () => compare(c));

  it("is right for all small sizes", () => {
    for (let m = 0; m <= 14; m++) {
      for (let n = 0; n <= 18; n++) check({ m, n, k: (m * n) % 9, aLayout: layouts[m % 3], bLayout: layouts[n % 3] });
    }
    for (let i = 0; i <= 33; i++) {
      for (const aLayout of layouts) {
        for (const bLayout of layouts) {
          check({ m: i, n: 13, k: 7, aLayout, bLayout });
          check({ m: 7, n: i, k: 5, aLayout, bLayout, pad: 3 });
          check({ m: 7, n: 9, k: i, aLayout, bLayout });
        }
      }
    }
  });

  it("adds bias and what was there, for batches and segments", () => {
    fc.assert(
      fc.property(
        fc.record({
          m: fc.integer({ min: 1, max: 33 }),
          n: fc.integer({ min: 1, max: 33 }),
          k: fc.integer({ min: 0, max: 33 }),
          aLayout: fc.constantFrom(...layouts),
          bLayout: fc.constantFrom(...layouts),
          pad: fc.integer({ min: 0, max: 5 }),
          accumulate: fc.boolean(),
          biasAxis: fc.constantFrom("row" as const, "column" as const, undefined),
          batch: fc.integer({ min: 1, max: 4 }),
          shareA: fc.boolean(),
          segments: fc.integer({ min: 1, max: 3 }),
        }),
        check,
      ),
      {
        numRuns: 300,
        examples: [
          // A bias and a value there that cancel to 0.6 % of either.
          [
            {
              ...{ m: 10, n: 29, k: 1, aLayout: "rows", bLayout: "columns", pad: 1, accumulate: true },
              ...{ biasAxis: "column", batch: 3, shareA: true, segments: 1 },
            },
          ],
        ],
      },
    );
  });

  it("is right where blocks, chunks and parts of K end", () => {
    check({ m: 125, n: 330, k: 260, aLayout: "rows", bLayout: "rows" });
    check({ m: 61, n: 70, k: 515, aLayout: "columns", bLayout: "columns", segments: 3 });
    check({ m: 20, n: 24, k: 5000, aLayout: "rows", bLayout: "columns", accumulate: true, biasAxis: "row", pad: 1 });
    check({ m: 20, n: 25, k: 5000, aLayout: "rows", bLayout: "columns", accumulate: true, biasAxis: "column" });
    check({ m: 8, n: 200, k: 512, aLayout: "rows", bLayout: "rows" });
    check({ m: 8, n: 203, k: 512, aLayout: "rows", bLayout: "columns" });
  });

  it("is right for products along rows, which are not packed", () => {
    const layout = { aLayout: "rows", bLayout: "columns" } as const;
    for (let n = 17; n <= 30; n++) check({ m: n, n, k: 96 + (n % 9), ...layout, pad: n % 2 });
    check({ m: 1, n: 23, k: 131, ...layout, segments: 3, accumulate: true });
    check({ m: 19, n: 23, k: 1101, ...layout, segments: 3, batch: 2, biasAxis: "row", pad: 2 });
    check({ m: 70, n: 65, k: 2500, ...layout, accumulate: true, biasAxis: "column" });
    check({ m: 40, n: 330, k: 97, ...layout, shareA: true, batch: 3 });
  });

  it("is right for left matrices that are packed where they are multiplied", () => {
    check({ m: 61, n: 40, k: 6000, aLayout: "rows", bLayout: "columns", segments: 3 });
    check({ m: 61, n: 50, k: 18_000, aLayout: "columns", bLayout: "rows", accumulate: true, biasAxis: "row", pad: 1 });
  });

  it("gives the same bits with 1 and 2 threads", async () => {
    await secondThread();
    const cases: Case[] = [
      { m: 200, n: 300, k: 300, aLayout: "rows", bLayout: "rows" },
      { m: 33, n: 40, k: 6000, aLayout: "rows", bLayout: "columns" },
      { m: 70, n: 90, k: 64, aLayout: "columns", bLayout: "rows", batch: 7, shareA: true, biasAxis: "row" },
      { m: 8, n: 700, k: 300, aLayout: "rows", bLayout: "columns" },
    ];
    for (const c of cases) {
      const alone = withKernels(set, 1, () => run(c, false).got);
      for (let i = 0; i < 3; i++) {
        expect(
          sameBits(
            withKernels(set, 2, () => run(c, false).got),
            alone,
          ),
        ).toBe(true);
      }
    }
  });

  it("leaves nothing in the heap", () => {
    const c: Case = { m: 33, n: 40, k: 6000, aLayout: "rows", bLayout: "columns" };
    withKernels(set, 1, () => run(c, false));
    const before = heap().stats();
    withKernels(set, 1, () => run(c, false));
    expect(heap().stats()).toEqual(before);
  });
});

describe("simdGemm", () => {
  it("gives the same bits with tiles of 8 and of 16 columns", () => {
    const layouts = ["rows", "columns", "gaps"] as const;
    const cases: Case[] = layouts.flatMap((bLayout) =>
      [1, 7, 8, 9, 15, 16, 17, 31, 40, 330].map((n) => {
        return { m: 13, n, k: 300, aLayout: "gaps", bLayout, accumulate: true, biasAxis: "column", pad: 1 };
      }),
    );
    cases.push({ m: 33, n: 40, k: 6000, aLayout: "columns", bLayout: "rows" });
    cases.push({ m: 61, n: 40, k: 18_000, aLayout: "rows", bLayout: "columns" });
    const narrow = capabilities().fma ? "fma" : "simd";
    for (const c of cases) {
      const [first, second] = [narrow, "wide"].map((set) =>
        withKernels(set as TestedKernels, 1, () => run(c, false).got),
      );
      expect(sameBits(first, second), JSON.stringify(c)).toBe(true);
    }
  });
});
