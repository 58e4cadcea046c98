import fc from "fast-check";
import { expect, test } from "vitest";
import type { Point } from "./polygon.js";
import { visitLine } from "./visit-line.js";

function pixels(from: Point, to: Point): Point[] {
  const found: Point[] = [];
  visitLine(from, to, (x, y) => found.push([x, y]));
  return found;
}

const point = fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 }));

test("every pixel is the nearest to the line in its column, or in its row where the line is steep", () => {
  fc.assert(
    fc.property(point, point, (from, to) => {
      const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
      const all = pixels(from, to);
      expect(all).toHaveLength(Math.max(Math.abs(dx), Math.abs(dy)) + 1);
      const steep = Math.abs(dy) > Math.abs(dx);
      const [along, across] = steep ? ([1, 0] as const) : ([0, 1] as const);
      const slope = all.length === 1 ? 0 : [dx, dy][across] / [dx, dy][along];
      for (const pixel of all) {
        const exact = from[across] + (pixel[along] - from[along]) * slope;
        expect(Math.abs(pixel[across] - exact)).toBeLessThanOrEqual(0.5 + 1e-9);
      }
      for (let i = 1; i < all.length; i++) expect(Math.abs(all[i][along] - all[i - 1][along])).toBe(1);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test("it goes from left to right, whichever end is named first", () => {
  fc.assert(
    fc.property(point, point, (from, to) => {
      const all = pixels(from, to);
      if (from[0] !== to[0]) expect(all).toEqual(pixels(to, from));
      expect(all.map(([x]) => x)).toEqual(all.map(([x]) => x).sort((a, b) => a - b));
    }),
    { seed: 1 },
  );
});
