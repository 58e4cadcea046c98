import { backward, mul, sum, variable } from "@retort/autograd";
import { Random, tensor } from "@retort/tensor";
import { describe, expect, test } from "vitest";
import { resize } from "./resize.js";

const noise = (shape: readonly number[], seed: number): Float32Array => {
  const random = new Random(seed);
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.uniform() * 2 - 1);
};

/** The value at a place between the centres of pixels, the edge going on outside. */
function between(length: number, place: number, at: (index: number) => number): number {
  const inside = (index: number): number => Math.min(length - 1, Math.max(0, index));
  const low = Math.floor(place);
  return at(inside(low)) * (1 - (place - low)) + at(inside(low + 1)) * (place - low);
}

function expectClose(found: ArrayLike<number>, wanted: readonly number[]): void {
  expect(found.length).toBe(wanted.length);
  for (const [i, value] of wanted.entries()) expect(found[i]).toBeCloseTo(value, 5);
}

test("values that PyTorch's interpolate gives for 1, 2, 3, 4", () => {
  const x = variable(tensor([1, 2, 3, 4], [1, 1, 1, 4]));
  expectClose(resize(x, [1, 1, 1, 2]).value.dataSync(), [1.5, 3.5]);
  expectClose(resize(x, [1, 1, 1, 8]).value.dataSync(), [1, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 4]);
  expectClose(resize(x, [1, 1, 2, 4]).value.dataSync(), [1, 2, 3, 4, 1, 2, 3, 4]);
});

describe.each([
  [
    [3, 5],
    [7, 2],
  ],
  [
    [4, 6],
    [4, 9],
  ],
  [
    [1, 40],
    [3, 40],
  ],
  [
    [6, 1],
    [2, 3],
  ],
] as const)("a map of %j at %j", ([h, w], [rows, columns]) => {
  const x = noise([2, 3, h, w], 1);
  const place = (i: number, from: number, to: number): number => ((i + 0.5) * from) / to - 0.5;

  test("is interpolated from the four pixels around each place", () => {
    const wanted: number[] = [];
    for (let map = 0; map < 6; map++) {
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          const inRow = (row: number): number =>
            between(w, place(j, w, columns), (column) => x[(map * h + row) * w + column]);
          wanted.push(between(h, place(i, h, rows), inRow));
        }
      }
    }
    expectClose(resize(variable(tensor(x, [2, 3, h, w])), [2, 3, rows, columns]).value.dataSync(), wanted);
  });

  test("has the gradient of a linear map: <resize(x), g> = <x, gradient>", () => {
    const input = variable(tensor(x, [2, 3, h, w]));
    const g = noise([2, 3, rows, columns], 2);
    const loss = sum(mul(resize(input, [2, 3, rows, columns]), tensor(g, [2, 3, rows, columns])));
    const gradient = backward(loss).get(input)?.value.dataSync() as Float32Array;
    expect(gradient.reduce((total, value, i) => total + value * x[i], 0)).toBeCloseTo(loss.item(), 4);
  });
});

test("a sequence is interpolated along its steps", () => {
  const x = variable(tensor([1, 10, 3, 30], [1, 2, 2]));
  expectClose(resize(x, [1, 4, 2]).value.dataSync(), [1, 10, 1.5, 15, 2.5, 25, 3, 30]);
});
