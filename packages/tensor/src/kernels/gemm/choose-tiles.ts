import { heap } from "../../cpu/heap.js";
import { kernelSet, setThreads, setTileColumns, threads, tileColumns } from "../../cpu/threads.js";
import { chosenTileColumns } from "../../cpu/tile-columns.js";
import type { TileColumns } from "../../wasm/index.js";
import { simdGemm } from "./simd.js";

/** The product that is timed: a fraction of a millisecond, most of it spent in whole tiles. */
const [M, N, K] = [192, 160, 256];
/** Within the first of these milliseconds the engine replaces quickly compiled code by optimised code. */
const MILLISECONDS = 80;
/** Wide tiles took 0.75 of the time of narrow ones where vectors were joined, 1.3 of it elsewhere. */
const WORTHWHILE = 0.9;

/**
 * Chooses the columns of register tiles by timing a small matrix product with both (a tenth of a second, once), and
 * returns them: 16 where the engine joins pairs of 128-bit vectors into vectors of 256 bits, gives the same bits and is
 * faster, else 8. Of the engines of Node, V8 does so from Node 24 on, on x64, when it was started with
 * `--experimental-wasm-revectorize`. Where `RETORT_TILE_COLUMNS` or `setTileColumns` has chosen, that stays.
 */
export function chooseTileColumns(): TileColumns {
  if (chosenTileColumns() === undefined && worthTiming()) setTileColumns(faster());
  return tileColumns();
}

function worthTiming(): boolean {
  if (kernelSet() === "plain") return false;
  // Node 22's V8, 12.4, has the flag, but joins no multiply-adds.
  const v8 = globalThis.process?.versions.v8;
  return v8 === undefined || Number.parseInt(v8, 10) >= 13;
}

function faster(): TileColumns {
  const before = threads();
  const floats = M * K + K * N + 2 * M * N;
  const memory = heap().alloc(4 * floats);
  setThreads(1);
  try {
    const values = heap().f32.subarray(memory / 4, memory / 4 + floats);
    for (let i = 0; i < M * K + K * N; i++) values[i] = Math.fround(Math.sin(i));
    const a = memory;
    const b = a + 4 * M * K;
    const outputs = [b + 4 * K * N, b + 4 * (K * N + M * N)];
    const sizes = { m: M, n: N, k: K, a, aRow: K, aCol: 1, b, bRow: N, bCol: 1, cRow: N };
    const [narrow, wide] = fastest(
      ([8, 16] as const).map((columns, i) => () => {
        setTileColumns(columns);
        simdGemm({ ...sizes, c: outputs[i] });
      }),
    );
    const [first, second] = outputs.map((c) => heap().i32.subarray(c / 4, c / 4 + M * N));
    const same = first.every((bits, i) => bits === second[i]);
    return same && wide < WORTHWHILE * narrow ? 16 : 8;
  } finally {
    setThreads(before);
    heap().free(memory);
  }
}

/** Milliseconds of the fastest run of each, in turn. */
function fastest(runs: readonly (() => void)[]): number[] {
  const least = runs.map(() => Number.POSITIVE_INFINITY);
  const end = performance.now() + MILLISECONDS;
  while (performance.now() < end) {
    for (const [i, run] of runs.entries()) {
      const start = performance.now();
      run();
      least[i] = Math.min(least[i], performance.now() - start);
    }
  }
  return least;
}
