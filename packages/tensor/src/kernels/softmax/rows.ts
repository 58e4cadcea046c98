import { exp4, log4 } from "../../expr/vector-math.js";
import {
  type F32x4,
  type FunctionBuilder,
  f32,
  f32x4,
  type Int,
  i32,
  type Kernel,
  kernel,
  type Local,
  type Pointer,
  ptr,
} from "../../wasm/index.js";
import { accumulators, forVectors, type Lanes, sideBySide, total } from "../lanes.js";

const unroll = 4;

/** The largest element of a row, in all lanes; -Infinity over nothing. NaN may be lost: it comes back in the sum. */
function rowLargest(f: FunctionBuilder, row: Pointer, n: Int): Local<F32x4> {
  const best = accumulators(f, unroll, Number.NEGATIVE_INFINITY);
  const body = ({ load, turn }: Lanes): void => best[turn].set(best[turn].pmax(load(0, Number.NEGATIVE_INFINITY)));
  forVectors(f, n, [row], body, unroll);
  const four = f.local(best[0].pmax(best[1]).pmax(best[2].pmax(best[3])));
  const two = f.local(four.lane(0).max(four.lane(1)));
  return f.local(f32x4.splat(two.max(four.lane(2).max(four.lane(3)))));
}

/** Bytes of memory that the sums of a row pass through. */
export const spareBytes = 32;

/** A row's largest element and the sum of exp(x - largest), in all lanes; `keep` writes each exp to the second array. */
function rowSum(
  f: FunctionBuilder,
  arrays: readonly Pointer[],
  n: Int,
  spare: Pointer,
  keep: boolean,
): { readonly largest: Local<F32x4>; readonly sum: Local<F32x4> } {
  const largest = rowLargest(f, arrays[0], n);
  const sums = accumulators(f, 2);
  forVectors(
    f,
    n,
    arrays,
    ({ load, store, only, turn }) => {
      const e = exp4(f, load(0).sub(largest));
      sums[turn].set(sums[turn].add(only(e)));
      if (keep) store(1, e);
    },
    2,
    () => sideBySide(f, sums, spare),
  );
  return { largest, sum: f.local(f32x4.splat(f.sum(total(f, sums)))) };
}

/** Emits the softmax of one row; both pointers may be the same. `spare` has room for `spareBytes`. */
export function emitSoftmaxRow(f: FunctionBuilder, input: Pointer, output: Pointer, n: Int, spare: Pointer): void {
  const { sum } = rowSum(f, [input, output], n, spare, true);
  const factor = f.local(f32x4.splat(1).div(sum));
  forVectors(f, n, [output], ({ load, store }) => store(0, load(0).mul(factor)), unroll);
}

const rowsOf = { input: ptr, output: ptr, n: i32 } as const;

/** Softmax of rows. */
export const softmaxRows: Kernel = kernel(
  "softmax",
  rowsOf,
  (f, { input, output, n }, { start, end, scratch }) => {
    f.forRange(start, end, (row) => {
      const first = f.local(row.mul(n));
      emitSoftmaxRow(f, f.local(input.at(first)), f.local(output.at(first)), n, scratch);
    });
  },
  { scratchBytes: spareBytes },
);

/** Log-softmax of rows. */
export const logSoftmaxRows: Kernel = kernel(
  "logSoftmax",
  rowsOf,
  (f, { input, output, n }, { start, end, scratch }) => {
    f.forRange(start, end, (row) => {
      const first = f.local(row.mul(n));
      const [from, to] = [f.local(input.at(first)), f.local(output.at(first))];
      const { largest, sum } = rowSum(f, [from], n, scratch, false);
      const log = log4(f, sum);
      forVectors(f, n, [from, to], ({ load, store }) => store(1, load(0).sub(largest).sub(log)), unroll);
    });
  },
  { scratchBytes: spareBytes },
);

/** The logarithm of the sum of exp of rows: output [rows]; -Infinity for rows of nothing but that. */
export const logSumExpRows: Kernel = kernel(
  "logSumExp",
  rowsOf,
  (f, { input, output, n }, { start, end, scratch }) => {
    f.forRange(start, end, (row) => {
      const { largest, sum } = rowSum(f, [f.local(input.at(row.mul(n)))], n, scratch, false);
      const result = f.local(largest.add(log4(f, sum)).lane(0));
      const isLow = largest.lane(0).eq(Number.NEGATIVE_INFINITY);
      f.store(output.at(row), isLow.select(f32.of(Number.NEGATIVE_INFINITY), result));
    });
  },
  { scratchBytes: spareBytes },
);

/** output = factors[row] exp(input - logSumExp[row]), and 0 where the factor is 0. */
export const scaledSoftmaxRows: Kernel = kernel(
  "scaledSoftmax",
  { ...rowsOf, logSumExp: ptr, factors: ptr },
  (f, { input, output, n, logSumExp, factors }, { start, end }) => {
    f.forRange(start, end, (row) => {
      const first = f.local(row.mul(n));
      f.if(
        factors.at(row).load().eq(0),
        () => f.zeroBytes(output.at(first), n.shl(2)),
        () => {
          const [shift, factor] = [f.local(logSumExp.at(row).splat()), f.local(factors.at(row).splat())];
          const body = ({ load, store }: Lanes): void => store(1, exp4(f, load(0).sub(shift)).mul(factor));
          forVectors(f, n, [input.at(first), output.at(first)], body, 2);
        },
      );
    });
  },
);

const gradOf = { grad: ptr, result: ptr, output: ptr, n: i32 } as const;

/** Gradient of softmax: y (g - sum of g y). */
export const softmaxGradRows: Kernel = kernel("softmaxGrad", gradOf, (f, p, { start, end }) => {
  f.forRange(start, end, (row) => {
    const arrays = [p.grad, p.result, p.output].map((array) => f.local(array.at(row.mul(p.n))));
    const sums = accumulators(f, unroll);
    const add = ({ load, turn }: Lanes): void => sums[turn].set(f.mulAdd(load(0), load(1), sums[turn]));
    forVectors(f, p.n, arrays.slice(0, 2), add, unroll);
    const sum = f.local(f32x4.splat(f.sum(total(f, sums))));
    forVectors(f, p.n, arrays, ({ load, store }) => store(2, load(1).mul(load(0).sub(sum))), unroll);
  });
});

/** Gradient of log-softmax: g - exp(y) (sum of g). */
export const logSoftmaxGradRows: Kernel = kernel("logSoftmaxGrad", gradOf, (f, p, { start, end }) => {
  f.forRange(start, end, (row) => {
    const arrays = [p.grad, p.result, p.output].map((array) => f.local(array.at(row.mul(p.n))));
    const sums = accumulators(f, unroll);
    forVectors(f, p.n, arrays.slice(0, 1), ({ load, turn }) => sums[turn].set(sums[turn].add(load(0))), unroll);
    const sum = f.local(f32x4.splat(f.sum(total(f, sums)).neg()));
    forVectors(f, p.n, arrays, ({ load, store }) => store(2, f.mulAdd(exp4(f, load(1)), sum, load(0))), 2);
  });
});
