import { heap } from "../cpu/heap.js";
import {
  kernelSet,
  parallelFor,
  setKernelSet,
  setThreads,
  setTileColumns,
  threads,
  tileColumns,
} from "../cpu/threads.js";
import { type DType, isFloating } from "../dtype.js";
import { assign } from "../ops/copy.js";
import { fill, full, tensor } from "../ops/create.js";
import { reshape, slice } from "../ops/views.js";
import { type Shape, sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { capabilities, i32, kernel, ptr } from "../wasm/index.js";

/** Kernel sets, and `wide`: the best of them with register tiles of 16 columns instead of 8. */
export type TestedKernels = "plain" | "simd" | "fma" | "wide";

const best = capabilities().fma ? "fma" : "simd";

/** What this engine runs of SIMD kernels. */
export const simdSets: Exclude<TestedKernels, "plain">[] = [
  ...(["simd", "fma"] as const).filter((set) => capabilities()[set]),
  "wide",
];

/** Runs `fn` with some kernels and a number of threads. */
export function withKernels<T>(set: TestedKernels, count: number, fn: () => T): T {
  const before = { set: kernelSet(), threads: threads(), columns: tileColumns() };
  setKernelSet(set === "wide" ? best : set);
  setTileColumns(set === "wide" ? 16 : 8);
  setThreads(count);
  try {
    return fn();
  } finally {
    setKernelSet(before.set);
    setTileColumns(before.columns);
    setThreads(before.threads);
  }
}

const canary = 12345;
const beside = 16;

/** A contiguous tensor for a kernel, with guarded elements on both sides. */
export interface Guarded {
  readonly view: Tensor;
  /** @throws Error when something was written beside the tensor */
  check(): void;
}

/** A guarded tensor that is NaN (integers: the guard's value) until a kernel writes it, so that what it forgets shows. */
export function guarded(shape: Shape, dtype: DType = "float32"): Guarded {
  const size = sizeOf(shape);
  const all = full([size + 2 * beside], canary, dtype);
  const view = reshape(slice(all, 0, beside, beside + size), shape);
  if (isFloating(dtype)) fill(view, Number.NaN);
  return {
    view,
    check(): void {
      const values = all.dataSync();
      for (let i = 0; i < beside; i++) {
        if (values[i] !== canary || values[beside + size + i] !== canary) {
          throw new Error(`a kernel wrote beside its output of shape [${shape.join(", ")}]`);
        }
      }
    },
  };
}

/** A guarded copy of `x`, for a kernel to read or to change. */
export function guardedCopy(x: Tensor): Guarded {
  const block = guarded(x.shape, x.dtype);
  assign(block.view, x);
  return block;
}

/** A copy of `x` behind seven elements of NaN, so that its address is not a multiple of 16 bytes. */
export function misaligned(x: Tensor): Tensor {
  const values = [...new Array<number>(7).fill(Number.NaN), ...x.dataSync()];
  return reshape(slice(tensor(values, [values.length], x.dtype), 0, 7), x.shape);
}

const where = kernel("where", { to: ptr, spin: i32 }, (f, { to, spin }, { start, scratch }) => {
  const sum = f.local(i32.of(0));
  f.times(spin, () => sum.set(sum.mul(3).add(1)));
  f.store(scratch, sum);
  f.store(to.at(start), scratch);
});

/** Resolves once a second thread takes part in kernels. @throws Error when none does */
export async function secondThread(): Promise<void> {
  const before = threads();
  setThreads(2);
  const to = heap().alloc(4 * 64);
  try {
    for (let attempt = 0; attempt < 500; attempt++) {
      parallelFor(where, { to, spin: 200_000 }, 64, 1, 64);
      if (new Set(heap().i32.subarray(to / 4, to / 4 + 64)).size > 1) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } finally {
    heap().free(to);
    setThreads(before);
  }
  throw new Error("no second thread took part");
}
