import { expression } from "../../expr/expression.js";
import { max, type Term } from "../../expr/term.js";
import type { ArgmaxCall } from "../../kernels/argmax/call.js";
import type { LargestCall } from "../../kernels/largest/call.js";
import { sizeOf } from "../../shape.js";
import { reshaped } from "../array-view.js";
import type { KernelSource } from "../gpu-js.js";
import type { Kernel } from "../scratch.js";
import { positions } from "./rows.js";

const largestIndex: KernelSource = {
  name: "argmax",
  arrays: ["input"],
  integers: ["rowLength"],
  numbers: [],
  body: `
    const start = this.thread.x * rowLength;
    let index = 0;
    let best = input[start];
    for (let i = 1; i < rowLength; i++) {
      const value = input[start + i];
      if (value > best || (value !== value && best === best)) { best = value; index = i; }
    }
    return index;`,
};

/** Index of the largest element of every row. */
export const argmax: Kernel<ArgmaxCall> = (scratch, { input, output }) => {
  const rowLength = input.shape[input.shape.length - 1];
  return scratch.output(output, scratch.launch(largestIndex, output.shape, [scratch.contiguous(input)], [rowLength]));
};

/** 1 where a comes before b among the largest: it is larger, or NaN and b is not. */
const before = (a: Term, b: Term): Term => max(b.lt(a), a.ne(a).mul(b.eq(b)));

/** 1 for each other element that comes before x: a larger one, or an equal one at an earlier place. */
const precedes = expression(({ x, other, place, otherPlace }) => {
  const [larger, smaller] = [before(other, x), before(x, other)];
  return max(larger, larger.eq(0).mul(smaller.eq(0)).mul(otherPlace.lt(place)));
});
const isAmong = expression(({ rank, count }) => rank.lt(count.floor()));

/** All pairs are compared, so it is left to the CPU where there are more elements. */
const mostCompared = 4096;

/** Marks the largest elements, by how many come before each. */
export const largest: Kernel<LargestCall> = (scratch, { input, count, output }) => {
  const length = sizeOf(input.shape);
  if (length > mostCompared) return false;
  const x = scratch.contiguous(input);
  const places = positions(scratch, length);
  const pair = [reshaped(x, [length, 1]), reshaped(x, [1, length]), reshaped(places, [length, 1]), places];
  const rank = scratch.fold("sum", precedes, pair, [1]);
  const asked = reshaped(scratch.contiguous(count), [1, 1]);
  return scratch.output(output, scratch.map(isAmong, [rank, asked], [], [length, 1]));
};
