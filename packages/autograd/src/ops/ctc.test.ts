import { tensor, zeros } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { backward } from "../backward.js";
import { ctcByAlignments, gridOf, opChecks, randomGrid } from "../testing/index.js";
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

describe("ctcLoss", () => {
  it.each(
    opChecks([
      {
        name: "all alignments",
        call: call(0),
        inputs: [randomGrid([4, steps, classes])],
        expected: (x) => ctcByAlignments(x, gridOf(labels.flat(), [4, 3]), gridOf(lengths)),
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
