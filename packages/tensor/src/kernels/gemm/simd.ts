import { heap } from "../../cpu/heap.js";
import { kernelSet } from "../../cpu/kernel-set.js";
import { type KernelArguments, tileColumns } from "../../cpu/threads.js";
import {
  type FunctionBuilder,
  type Int,
  i32,
  type Kernel,
  type ParamLocals,
  type Params,
  ptr,
} from "../../wasm/index.js";
import { addParts } from "./add-parts.js";
import { multiplyBlocks, type Output } from "./block.js";
import { chooseBlocks } from "./blocks.js";
import { dotGemm, suitsDot } from "./dot.js";
import {
  K_CHUNK,
  MAX_BLOCK_COLUMNS,
  type MultiplyParams,
  multiplyKernel,
  type PackedParams,
  type PackRequest,
} from "./multiply.js";
import type { Pack } from "./pack.js";
import { type LeftMatrix, packLeft } from "./pack-left.js";
import { packSegments } from "./pack-segments.js";
import { tileRows } from "./tile.js";

/** Addresses count bytes, strides float32 elements. */
export interface SimdGemm {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** [m, k], any strides. */
  readonly a: number;
  readonly aRow: number;
  readonly aCol: number;
  /** [k, n], any strides. */
  readonly b: number;
  readonly bRow: number;
  readonly bCol: number;
  /** [m, n]; columns lie side by side. It may not overlap an operand. */
  readonly c: number;
  readonly cRow: number;
  /** Adds to what `c` holds; default false. */
  readonly accumulate?: boolean;
  /** [n] with `biasAxis` "column" (the default: one value for each column), or [m] with "row". */
  readonly bias?: number;
  readonly biasAxis?: "row" | "column";
  /** Products of the same shape, one after the other; default 1. A stride of 0 uses one matrix for all. */
  readonly batch?: number;
  readonly aBatch?: number;
  readonly bBatch?: number;
  readonly cBatch?: number;
  /** Sums this many products, a[s] · b[s], into each output; default 1. */
  readonly segments?: number;
  readonly aSegment?: number;
  readonly bSegment?: number;
}

const rightParams = { rightColumn: i32, rightSegment: i32, k: i32 } as const;
const bothParams = { ...rightParams, left: ptr, leftRow: i32, leftStep: i32, leftSegment: i32 } as const;

type RightLocals = ParamLocals<typeof rightParams & MultiplyParams>;

function packColumns(f: FunctionBuilder, p: RightLocals, r: PackRequest, pack: Pack): void {
  const { tileColumns } = f;
  const matrix = p.right.plus(r.batch.mul(p.rightBatch));
  const from = { matrix, lane: p.rightColumn, step: p.rightStep, segment: p.rightSegment, k: p.k };
  const skip = (lanes: Int): Int => p.direct.and(lanes.eq(tileColumns));
  packSegments(f, from, r, { width: tileColumns, lanes: tileColumns, skip }, pack);
}

const multiply = multiplyKernel("gemm", rightParams, packColumns);

/** Packs rows too, chunk by chunk: a left matrix that no cache holds is then read once and not written again. */
const multiplyLong = multiplyKernel("gemmLong", bothParams, packColumns, (f, p, r, pack) => {
  const from = { matrix: p.left, lane: p.leftRow, step: p.leftStep, segment: p.leftSegment, k: p.k };
  packSegments(f, from, r, { width: tileRows(f.fma), lanes: p.height }, pack);
});

/** Floats of a left matrix that is too large to be packed as a whole. */
const LONG_LEFT = 1 << 20;
/** Each block of columns packs the rows once more. */
const MOST_COLUMN_BLOCKS = 2;

/** Up to this many rows, right matrices with unit column stride are read without packing. */
const DIRECT_ROWS = 12;

/**
 * c = a · b (+ bias) (+ c) in float32, for one or many products. Each output is one sum over K in order; where a few
 * outputs have a long K, a fixed number of partial sums, added in order. So the bits do not depend on the threads.
 */
export function simdGemm(call: SimdGemm): void {
  const { segments = 1, batch = 1, bBatch = 0 } = call;
  if (suitsDot(call)) {
    dotGemm(call);
    return;
  }
  const direct = call.bCol === 1 && segments === 1 && call.m <= DIRECT_ROWS;
  const right = { rightColumn: 4 * call.bCol, rightSegment: 4 * (call.bSegment ?? 0), k: call.k };
  const product: Product = {
    left: {
      address: call.a,
      batch: call.aBatch ?? 0,
      row: call.aRow,
      step: call.aCol,
      outer: 1,
      outerStride: 0,
      inner: segments,
      innerStride: call.aSegment ?? 0,
      k: call.k,
    },
    right: { address: call.b, batch: bBatch, step: call.bRow, direct },
    output: {
      m: call.m,
      n: call.n,
      batch,
      c: call.c,
      cRow: call.cRow,
      cBatch: call.cBatch ?? 0,
      accumulate: call.accumulate ?? false,
      bias: call.bias,
      biasAxis: call.biasAxis,
    },
  };
  const long =
    call.m * call.k * segments > LONG_LEFT && batch === 1 && call.n <= MOST_COLUMN_BLOCKS * MAX_BLOCK_COLUMNS;
  if (!long) {
    multiplyWith(multiply, right, product);
    return;
  }
  const rows = { left: call.a, leftRow: 4 * call.aRow, leftStep: 4 * call.aCol, leftSegment: 4 * (call.aSegment ?? 0) };
  multiplyWith(multiplyLong, { ...right, ...rows }, { ...product, packsRows: true });
}

/** A product whose right matrix is packed by the kernel in its own way. Addresses in bytes, strides in elements. */
export interface Product {
  readonly left: LeftMatrix;
  readonly right: { readonly address: number; readonly batch: number; readonly step: number; readonly direct: boolean };
  readonly output: Output;
  /** True when the kernel packs the rows of the left matrix too; default false. */
  readonly packsRows?: boolean;
}

/** Packs the left matrix, multiplies by blocks, and adds the parts of a split K. */
export function multiplyWith<P extends Params>(
  kernel: Kernel<P & MultiplyParams>,
  extra: KernelArguments<P>,
  product: Product,
): void {
  const { left, right, output, packsRows = false } = product;
  const { m, n, batch } = output;
  const steps = left.outer * left.inner * left.k;
  if (m === 0 || n === 0 || batch === 0) return;
  if (steps === 0) {
    addParts(output, 0, 0);
    return;
  }
  const rows = tileRows(kernelSet() === "fma");
  const height = Math.ceil(m / Math.ceil(m / rows));
  const blocks = chooseBlocks(m, n, steps, batch, { tileRows: height, tileColumns: tileColumns() });
  const panels = Math.ceil(m / height);
  const panelBytes = 4 * rows * steps;
  const leftBatch = left.batch === 0 ? 1 : batch;
  const packed = packsRows ? 0 : heap().alloc(leftBatch * panels * panelBytes);
  try {
    if (!packsRows) packLeft(left, { m, height, panels, panelBytes, packed, count: leftBatch * panels });
    const operands: KernelArguments<PackedParams> = {
      packed,
      height,
      packedBatch: left.batch === 0 ? 0 : panels * panelBytes,
      panelBytes,
      direct: Number(right.direct),
      right: right.address,
      rightBatch: 4 * right.batch,
      rightStep: 4 * right.step,
    };
    const rowsBytes = packsRows ? 4 * K_CHUNK * rows * Math.ceil(blocks.blockRows / height) : 0;
    const scratchBytes = kernel.scratchBytes + rowsBytes;
    multiplyBlocks<P & PackedParams>(kernel, Object.assign(operands, extra), output, steps, blocks, scratchBytes);
  } finally {
    if (!packsRows) heap().free(packed);
  }
}
