import fc from "fast-check";
import { expect, test } from "vitest";
import { intersectionArea } from "./intersection-area.js";
import { type Point, type Polygon, polygonArea } from "./polygon.js";

/** Where a straight cut through `a` and `b` leaves of a convex polygon what lies on the left (Sutherland and Hodgman). */
function leftOf(polygon: Polygon, a: Point, b: Point): Point[] {
  const side = ([x, y]: Point): number => (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]);
  return polygon.flatMap((from, i): Point[] => {
    const to = polygon[(i + 1) % polygon.length];
    const [s, t] = [side(from), side(to)];
    const kept: Point[] = s >= 0 ? [from] : [];
    if (s * t >= 0) return kept;
    const at = s / (s - t);
    return [...kept, [from[0] + at * (to[0] - from[0]), from[1] + at * (to[1] - from[1])]];
  });
}

/** The shared area of two convex polygons whose corners go round the same way, by cutting one at the other's edges. */
function byCutting(a: Polygon, b: Polygon): number {
  return polygonArea(b.reduce((rest: Polygon, from, i) => leftOf(rest, from, b[(i + 1) % b.length]), a));
}

/** Corners on an ellipse: a convex polygon. */
const convex = fc
  .record({
    center: fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 })),
    radii: fc.tuple(fc.integer({ min: 5, max: 40 }), fc.integer({ min: 5, max: 40 })),
    corners: fc.integer({ min: 3, max: 8 }),
    turn: fc.integer({ min: 0, max: 100 }),
  })
  .map(({ center, radii, corners, turn }) =>
    Array.from({ length: corners }, (_, i): Point => {
      const angle = turn + (2 * Math.PI * i) / corners;
      return [center[0] + radii[0] * Math.cos(angle), center[1] + radii[1] * Math.sin(angle)];
    }),
  );

test("convex polygons share what is left when one is cut at the other's edges", () => {
  fc.assert(
    fc.property(convex, convex, fc.boolean(), (a, b, turned) => {
      const found = intersectionArea(turned ? [...a].reverse() : a, b);
      expect(Math.abs(found - byCutting(a, b))).toBeLessThan(0.1);
      expect(Math.abs(intersectionArea(b, a) - found)).toBeLessThan(0.01);
    }),
    { seed: 1 },
  );
});

test("rectangles with integer corners share exactly the cells that lie in both", () => {
  const rectangle = fc
    .tuple(fc.nat(9), fc.nat(9), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
    .map(([x, y, width, height]): Point[] => [
      [x, y],
      [x + width, y],
      [x + width, y + height],
      [x, y + height],
    ]);
  const covers = (polygon: Polygon, x: number, y: number): boolean =>
    x >= polygon[0][0] && x < polygon[2][0] && y >= polygon[0][1] && y < polygon[2][1];
  fc.assert(
    fc.property(rectangle, rectangle, (a, b) => {
      let cells = 0;
      for (let x = 0; x < 20; x++) for (let y = 0; y < 20; y++) if (covers(a, x, y) && covers(b, x, y)) cells++;
      expect(intersectionArea(a, b)).toBe(cells);
    }),
    { seed: 1 },
  );
});

test("a bar across the two arms of a U shares two pieces with it", () => {
  const u: Point[] = [
    [0, 0],
    [2, 0],
    [2, 8],
    [6, 8],
    [6, 0],
    [8, 0],
    [8, 10],
    [0, 10],
  ];
  const bar: Point[] = [
    [-1, 3],
    [9, 3],
    [9, 5],
    [-1, 5],
  ];
  expect(intersectionArea(u, bar)).toBe(8);
  expect(intersectionArea(u, u)).toBe(polygonArea(u));
  expect(intersectionArea(u, [])).toBe(0);
});
