import { addressOf } from "../../cpu/buffer.js";
import { parallelFor } from "../../cpu/threads.js";
import {
  type F32x4,
  type Float,
  type FunctionBuilder,
  f32x4,
  type I32x4,
  type Int,
  i32,
  kernel,
  type Pointer,
  ptr,
} from "../../wasm/index.js";
import { grainOf } from "../choice.js";
import type { ArgmaxCall } from "./call.js";

/** Finds each row's largest value, then where it first stands. */
const argmaxRows = kernel("argmax", { input: ptr, output: ptr, length: i32 }, (f, { input, output, length }, range) => {
  f.forRange(range.start, range.end, (row) => {
    const start = f.local(input.at(row.mul(length)));
    const best = f.local(largest(f, start, length));
    f.store(output.at(row), firstPlace(f, start, length, best));
  });
});

/** The largest of a row; NaN if there is one. */
function largest(f: FunctionBuilder, start: Pointer, length: Int): Float {
  const lowest = f32x4.splat(Number.NEGATIVE_INFINITY);
  const lanes = [0, 1, 2, 3].map(() => f.local(lowest));
  const [at, left] = [f.local(start), f.local(length)];
  const vectors = (count: number): void =>
    f.while(left.ge(4 * count), () => {
      for (let v = 0; v < count; v++) lanes[v].set(lanes[v].max(at.load4(4 * v)));
      at.advance(4 * count);
      left.set(left.sub(4 * count));
    });
  vectors(4);
  vectors(1);
  const [a, b, c, d] = lanes;
  const result = f.local(f.largest(a.max(b).max(c.max(d))));
  f.times(left, () => {
    result.set(result.max(at.load()));
    at.advance(1);
  });
  return result;
}

/** The first index with the value `best`, or with NaN where that is NaN. */
function firstPlace(f: FunctionBuilder, start: Pointer, length: Int, best: Float): Int {
  const index = f.local(i32.of(0));
  const wanted = f.local(f32x4.splat(best));
  const searching = f.local(i32.of(1));
  f.while(index.add(4).le(length).and(searching), () => {
    const found = matches(f.local(start.at(index).load4()), wanted).any();
    f.if(
      found,
      () => searching.set(0),
      () => index.advance(4),
    );
  });
  const differs = (value: Float): Int => value.ne(best).and(value.eq(value).or(best.eq(best)));
  f.while(
    index
      .add(1)
      .lt(length)
      .and(differs(start.at(index).load())),
    () => index.advance(1),
  );
  return index;
}

function matches(values: F32x4, wanted: F32x4): I32x4 {
  return values.eq(wanted).or(values.ne(values).and(wanted.ne(wanted)));
}

/** Searches contiguous float32 rows four elements at a time. */
export function simdArgmax({ input, output }: ArgmaxCall): void {
  const length = input.shape[input.shape.length - 1];
  const rows = output.shape.reduce((product, extent) => product * extent, 1);
  const args = { input: addressOf(input), output: addressOf(output), length };
  parallelFor(argmaxRows, args, rows, grainOf(length));
}
