import { Random } from "@retort/tensor/random";
import { describe, expect, test } from "vitest";
import { type Draw, distortPoints, perspectivePoints, stretchPoints } from "./text-warps.js";
import type { ControlPoints } from "./warp-mls.js";

const [width, height] = [130, 48];
const random = new Random(5);
const draw: Draw = (n) => random.integer(n);

/** The largest moves of all points, over many draws. */
function largestMoves(make: () => ControlPoints): [x: number, y: number] {
  let [mostX, mostY] = [0, 0];
  for (let i = 0; i < 2000; i++) {
    const { from, to } = make();
    expect(from.length).toBe(to.length);
    from.forEach(([x, y], k) => {
      mostX = Math.max(mostX, Math.abs(to[k][0] - x));
      mostY = Math.max(mostY, Math.abs(to[k][1] - y));
    });
  }
  return [mostX, mostY];
}

describe.each([3, 4, 5, 6])("%i segments", (segments) => {
  const part = Math.floor(width / segments);

  test("distortion moves points by less than a third of a part", () => {
    const third = Math.floor(part / 3);
    expect(largestMoves(() => distortPoints(width, height, segments, draw))).toEqual([third - 1, third - 1]);
  });
  test("stretching moves the cuts to the sides, and no corner", () => {
    const most = Math.floor((part * 4) / 5);
    expect(largestMoves(() => stretchPoints(width, height, segments, draw))).toEqual([most / 2, 0]);
    const { from, to } = stretchPoints(width, height, segments, draw);
    expect(to.slice(0, 4)).toEqual(from.slice(0, 4));
    expect(from.slice(4)).toEqual(
      Array.from({ length: segments - 1 }, (_, i) => [
        [part * (i + 1), 0],
        [part * (i + 1), height],
      ]).flat(),
    );
  });
});

test("perspective moves corners up or down by less than half the height", () => {
  expect(largestMoves(() => perspectivePoints(width, height, draw))).toEqual([0, height / 2 - 1]);
  const { to } = perspectivePoints(width, height, draw);
  expect(to.map(([x]) => x)).toEqual([0, width, width, 0]);
  expect(to.map(([, y]) => y >= 0 && y <= height)).toEqual([true, true, true, true]);
});
