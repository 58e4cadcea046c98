import { expect, test } from "vitest";
import { ctcRejection, ctcStepsNeeded } from "./ctc-limit.js";

/** What CTC reads from a path: repeats and blanks (0) are left out. */
const collapse = (path: readonly number[]): number[] => path.filter((c, i) => c !== 0 && c !== path[i - 1]);

/** The shortest path over the blank and two classes that reads as the label, by trying all of them. */
function shortest(label: readonly number[]): number {
  let paths: number[][] = [[]];
  for (let steps = 0; ; steps++) {
    if (paths.some((path) => collapse(path).join() === label.join())) return steps;
    paths = paths.flatMap((path) => [0, 1, 2].map((c) => [...path, c]));
  }
}

test("as many steps as the shortest path that reads as the label", () => {
  for (const label of [[], [1], [1, 1], [1, 2], [1, 2, 1], [2, 2, 2], [1, 1, 2], [1, 2, 2, 1], [1, 1, 2, 2]]) {
    expect(ctcStepsNeeded([...label, 0, 0], label.length), label.join()).toBe(shortest(label));
  }
});

const fields = (label: number[], length: number, width?: number) => ({
  label_ctc: { data: Int32Array.from(label), shape: [label.length] },
  length: { data: Int32Array.of(length), shape: [] },
  ...(width && { image: { data: new Float32Array(0), shape: [3, 32, width] } }),
});
const limits = [
  { height: 32, width: 16, steps: 4 },
  { height: 32, width: 24, steps: 6 },
];

test("a label has to fit into the steps of its picture, or of the widest where there is none", () => {
  expect(ctcRejection(fields([1, 1, 2, 0], 3, 16), limits)).toBeUndefined();
  expect(ctcRejection(fields([1, 1, 1, 0], 3, 16), limits)).toMatchObject({
    reason: "label too long for CTC",
    detail: "3 characters need 5 time steps (equal neighbours one more), the network has 4",
  });
  expect(ctcRejection(fields([1, 1, 1, 0], 3, 24), limits)).toBeUndefined();
  expect(ctcRejection(fields([1, 1, 1, 0], 3), limits)).toBeUndefined();
  expect(ctcRejection(fields([1, 1, 1, 1], 4), limits)).toBeDefined();
});

test("nothing is asked where nothing is said", () => {
  expect(ctcRejection(fields([1, 1, 1, 1], 4), undefined)).toBeUndefined();
  expect(ctcRejection(fields([1, 1, 1, 1], 4, 400), limits)).toBeUndefined();
  expect(ctcRejection({}, limits)).toBeUndefined();
});
