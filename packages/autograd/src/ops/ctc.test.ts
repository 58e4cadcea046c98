import { tensor, zeros } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { backward } from "../backward.js";
import { type Grid, grid, gridOf, opChecks, randomGrid } from "../testing/index.js";
import { variable } from "../variable.js";
import { ctcLoss } from "./ctc.js";
import { sum } from "./sum.js";

const [steps, classes] = [5, 4];
const labels = [
  [1, 2, 0],
  [3, 3, 0],
  [1, 2, 3],
  [0, 0, 0],
];
const lengths = [2, 2, 3, 0];
const call = (blank: number) => (x: Parameters<typeof ctcLoss>[0]) =>
  ctcLoss(x, tensor(Int32Array.from(labels.flat()), [4, 3]), tensor(Int32Array.from(lengths)), blank);

/** Minus the logarithm of the summed probability of every path that reads as the label: brute force. */
function byEnumeration(x: Grid): Grid {
  return grid([x.shape[0]], (b) => {
    const wanted = labels[b].slice(0, lengths[b]).join();
    const probability = Array.from({ length: steps }, (_, t) => {
      const row = Array.from({ length: classes }, (_, c) => Math.exp(x.at(b, t, c)));
      return row.map((value) => value / row.reduce((p, q) => p + q, 0));
    });
    let total = 0;
    for (let code = 0; code < classes ** steps; code++) {
      const path = Array.from({ length: steps }, (_, t) => Math.floor(code / classes ** t) % classes);
      const read = path.filter((c, t) => c !== 0 && c !== path[t - 1]);
      if (read.join() === wanted) total += path.reduce((p, c, t) => p * probability[t][c], 1);
    }
    return -Math.log(total);
  });
}

describe("ctcLoss", () => {
  it.each(
    opChecks([
      {
        name: "all alignments",
        call: call(0),
        inputs: [randomGrid([4, steps, classes])],
        expected: byEnumeration,
        order: 1,
      },
      {
        name: "no samples",
        call: (x) => ctcLoss(x, tensor(new Int32Array(0), [0, 3]), tensor(new Int32Array(0))),
        inputs: [gridOf([], [0, steps, classes])],
        expected: () => gridOf([]),
        order: 0,
      },
    ]),
  )("$name", ({ run }) => run());

  it("has gradients that add up to 0 over the classes of each step", () => {
    const x = variable(tensor(randomGrid([4, steps, classes]).values, [4, steps, classes]));
    const gradient = backward(sum(call(0)(x))).get(x);
    const totals = sum(gradient ?? x, { axes: -1 }).value.dataSync();
    for (const total of totals) expect(Math.abs(total)).toBeLessThan(1e-12);
  });

  it("gives a label that does not fit loss 0 and no gradient", () => {
    const x = variable(zeros([1, 2, classes], "float64"));
    const loss = sum(ctcLoss(x, tensor(Int32Array.of(1, 1), [1, 2]), tensor(Int32Array.of(2))));
    expect(loss.item()).toBe(0);
    expect([...(backward(loss).get(x)?.value.dataSync() ?? [])]).toEqual(new Array(2 * classes).fill(0));
  });

  it("names labels that are no class", () => {
    const length = tensor(Int32Array.of(1));
    expect(() => ctcLoss(zeros([1, 2, 4]), tensor(Int32Array.of(4), [1, 1]), length)).toThrow(RangeError);
    expect(() => ctcLoss(zeros([1, 2, 4]), tensor(Int32Array.of(0), [1, 1]), length)).toThrow(RangeError);
  });
});
