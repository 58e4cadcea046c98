import { K_CHUNK, MAX_BLOCK_COLUMNS } from "./multiply.js";

/** How an output is split. It depends on shapes only, never on the number of threads. */
export interface Blocks {
  readonly blockRows: number;
  readonly blockColumns: number;
  readonly rowBlocks: number;
  readonly columnBlocks: number;
  /** Parts of K, summed separately and then added in order. */
  readonly parts: number;
  readonly partSteps: number;
}

/** Enough blocks to keep several threads busy to the end. */
const WANTED_BLOCKS = 16;
/** A block below this many multiply-adds is not worth splitting. */
const SMALLEST_WORK = 1 << 19;
const LONG_K = 2048;
/** Rows of a block that is large enough for the packing of its columns not to count. */
const LARGE_ROWS = 256;
const SHORTEST_PART = 512;
/** Floats that the sums of all parts may take. */
const MOST_PARTIAL_SUMS = 1 << 20;

/** Blocks for outputs of m x n, `batch` times, of `steps` products each, which a kernel fills by tiles. */
export function chooseBlocks(
  m: number,
  n: number,
  steps: number,
  batch: number,
  { tileRows, tileColumns }: { readonly tileRows: number; readonly tileColumns: number },
): Blocks {
  const parts = chooseParts(m, n, steps, batch);
  const partSteps = parts === 1 ? steps : multiple(Math.ceil(steps / parts), K_CHUNK);
  let blockRows = multiple(m, tileRows);
  let blockColumns = even(n, MAX_BLOCK_COLUMNS, tileColumns);
  const work = (): number => blockRows * blockColumns * partSteps;
  const count = (): number => Math.ceil(m / blockRows) * Math.ceil(n / blockColumns) * batch * parts;
  while (count() < WANTED_BLOCKS && work() > 2 * SMALLEST_WORK) {
    if (blockRows >= blockColumns && blockRows > tileRows) blockRows = multiple(Math.ceil(blockRows / 2), tileRows);
    else if (blockColumns > tileColumns) blockColumns = multiple(Math.ceil(blockColumns / 2), tileColumns);
    else break;
  }
  return {
    blockRows,
    blockColumns,
    rowBlocks: Math.ceil(m / blockRows),
    columnBlocks: Math.ceil(n / blockColumns),
    parts: Math.max(1, Math.ceil(steps / Math.max(1, partSteps))),
    partSteps,
  };
}

/**
 * A long K over a small output is summed in parts rather than split by output, since each block packs its own share of
 * the right matrix.
 */
function chooseParts(m: number, n: number, steps: number, batch: number): number {
  const blocks = Math.ceil(m / LARGE_ROWS) * Math.ceil(n / MAX_BLOCK_COLUMNS) * batch;
  if (steps < LONG_K || blocks >= WANTED_BLOCKS) return 1;
  const affordable = Math.floor(MOST_PARTIAL_SUMS / (m * n * batch));
  return Math.max(1, Math.min(Math.ceil(WANTED_BLOCKS / blocks), Math.floor(steps / SHORTEST_PART), affordable));
}

/** The length of equal pieces of `length`, none above `limit`. */
function even(length: number, limit: number, unit: number): number {
  return multiple(Math.ceil(length / Math.ceil(length / limit)), unit);
}

function multiple(length: number, unit: number): number {
  return Math.ceil(length / unit) * unit;
}
