import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { loadOpenCv, type OpenCv } from "../data/opencv.js";
import { miniBox } from "./mini-box.js";
import { type Point, polygonArea } from "./polygon.js";

let cv: OpenCv;
beforeAll(async () => {
  ({ cv } = await loadOpenCv());
});

const coordinate = fc.integer({ min: 0, max: 60 });
const clouds = fc.array(fc.tuple(coordinate, coordinate), { minLength: 3, maxLength: 9 });

/** Area of the smallest rectangle around points among those with an edge along a line through two of them. */
function smallestArea(points: readonly Point[]): number {
  const directions = points.flatMap((a, i) => points.slice(i + 1).map((b) => Math.atan2(b[1] - a[1], b[0] - a[0])));
  const areas = directions.map((angle) => {
    const along = points.map(([x, y]) => x * Math.cos(angle) + y * Math.sin(angle));
    const across = points.map(([x, y]) => y * Math.cos(angle) - x * Math.sin(angle));
    return (Math.max(...along) - Math.min(...along)) * (Math.max(...across) - Math.min(...across));
  });
  return Math.min(...areas);
}

test("it is the smallest rectangle, and every point lies in it", () => {
  fc.assert(
    fc.property(clouds, (points) => {
      const { corners, side } = miniBox(cv, points);
      expect(polygonArea(corners)).toBeCloseTo(smallestArea(points), 1);
      const [a, b, c] = corners;
      const lengths = [Math.hypot(b[0] - a[0], b[1] - a[1]), Math.hypot(c[0] - b[0], c[1] - b[1])];
      expect(side).toBeCloseTo(Math.min(...lengths), 3);
      for (const [x, y] of points) {
        for (const [i, [px, py]] of corners.entries()) {
          const [qx, qy] = corners[(i + 1) % 4];
          const turn = (qx - px) * (y - py) - (qy - py) * (x - px);
          expect(turn).toBeGreaterThan(-0.01 * Math.hypot(qx - px, qy - py) - 1e-3);
        }
      }
    }),
    { seed: 1 },
  );
});

test("corners begin at the top left and go on to the right", () => {
  const tilted: Point[] = [
    [10, 20],
    [50, 10],
    [55, 30],
    [15, 40],
  ];
  const { corners } = miniBox(cv, tilted);
  for (const [i, [x, y]] of corners.entries()) {
    expect(x).toBeCloseTo(tilted[i][0], 3);
    expect(y).toBeCloseTo(tilted[i][1], 3);
  }
  const point = miniBox(cv, [[7, 8]]);
  expect(point).toEqual({
    corners: [
      [7, 8],
      [7, 8],
      [7, 8],
      [7, 8],
    ],
    side: 0,
  });
});
