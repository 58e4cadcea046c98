import fc from "fast-check";
import { expect, test } from "vitest";
import type { Point, Polygon } from "./polygon.js";
import { isValidPolygon } from "./valid-polygon.js";

/** Whether a + s (b - a) = c + t (d - c) has a solution with s and t between 0 and 1, by Cramer's rule. */
function cross(a: Point, b: Point, c: Point, d: Point): boolean {
  const [ux, uy, vx, vy, wx, wy] = [b[0] - a[0], b[1] - a[1], c[0] - d[0], c[1] - d[1], c[0] - a[0], c[1] - a[1]];
  const determinant = ux * vy - uy * vx;
  const [s, t] = [(wx * vy - wy * vx) / determinant, (ux * wy - uy * wx) / determinant];
  return s > 0 && s < 1 && t > 0 && t < 1;
}

function onOneLine(a: Point, b: Point, c: Point): boolean {
  return (b[0] - a[0]) * (c[1] - a[1]) === (b[1] - a[1]) * (c[0] - a[0]);
}

test("of corners no three of which lie on a line, a polygon is valid unless two of its edges cross", () => {
  const corner = fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 }));
  const general = (points: Polygon): boolean =>
    points.every((a, i) =>
      points.slice(i + 1).every((b, j) => points.slice(i + j + 2).every((c) => !onOneLine(a, b, c))),
    );
  fc.assert(
    fc.property(fc.array(corner, { minLength: 3, maxLength: 7 }).filter(general), (points) => {
      const edges = points.map((point, i) => [point, points[(i + 1) % points.length]] as const);
      const crossing = edges.some((one) => edges.some((other) => cross(...one, ...other)));
      expect(isValidPolygon(points)).toBe(!crossing);
    }),
    { seed: 1, numRuns: 500 },
  );
});

const valid: Polygon[] = [
  [
    [0, 0],
    [4, 0],
    [4, 4],
  ],
  // Repeated corners, as the label encoder pads polygons with.
  [
    [0, 0],
    [4, 0],
    [4, 4],
    [0, 4],
    [0, 4],
    [0, 4],
  ],
  // A corner in the middle of a straight edge.
  [
    [0, 0],
    [2, 0],
    [4, 0],
    [4, 4],
    [0, 4],
  ],
];

const invalid: Record<string, Point[]> = {
  nothing: [],
  "a point": [[1, 1]],
  "a line there and back": [
    [0, 0],
    [4, 0],
    [2, 0],
  ],
  "a bow tie": [
    [0, 0],
    [4, 4],
    [4, 0],
    [0, 4],
  ],
  "a spike": [
    [0, 0],
    [4, 0],
    [4, 4],
    [4, 8],
    [4, 4],
    [0, 4],
  ],
  "a corner on another edge": [
    [0, 0],
    [4, 0],
    [4, 4],
    [2, 0],
    [0, 4],
  ],
  "two triangles with one common corner": [
    [0, 0],
    [2, 2],
    [4, 0],
    [4, 4],
    [2, 2],
    [0, 4],
  ],
};

test("corners may be repeated or lie on a straight edge", () => {
  for (const polygon of valid) {
    expect(isValidPolygon(polygon)).toBe(true);
    expect(isValidPolygon([...polygon].reverse())).toBe(true);
  }
});

test.each(Object.entries(invalid))("%s is not valid", (_name, polygon) => {
  expect(isValidPolygon(polygon)).toBe(false);
  expect(isValidPolygon([...polygon].reverse())).toBe(false);
});
