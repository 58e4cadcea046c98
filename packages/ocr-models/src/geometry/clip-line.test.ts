import fc from "fast-check";
import { expect, test } from "vitest";
import { clipLine } from "./clip-line.js";
import type { Point } from "./polygon.js";

const [width, height] = [20, 15];
const point = fc.tuple(fc.integer({ min: -25, max: 45 }), fc.integer({ min: -25, max: 40 }));
const isInside = ([x, y]: Point): boolean => x >= 0 && x < width && y >= 0 && y < height;

/** Distance of a point from the line through two others. */
function distance([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  return Math.abs((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / Math.hypot(bx - ax, by - ay);
}

test("what is left lies in the picture and on the line, to a pixel", () => {
  fc.assert(
    fc.property(point, point, (from, to) => {
      const clipped = clipLine(from, to, width, height);
      if (isInside(from) && isInside(to)) expect(clipped).toEqual({ from, to, visible: "all" });
      else expect(clipped.visible).not.toBe("all");
      if (clipped.visible !== "some") return;
      expect(isInside(clipped.from) && isInside(clipped.to)).toBe(true);
      for (const end of [clipped.from, clipped.to]) expect(distance(end, from, to)).toBeLessThanOrEqual(2);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test("of a line with pixels well inside something is left", () => {
  fc.assert(
    fc.property(point, point, (from, to) => {
      const steps = 200;
      const inside = Array.from({ length: steps + 1 }, (_, i): Point => {
        const at = (axis: 0 | 1): number => from[axis] + ((to[axis] - from[axis]) * i) / steps;
        return [at(0), at(1)];
      }).some(([x, y]) => x > 2 && x < width - 3 && y > 2 && y < height - 3);
      if (inside) expect(clipLine(from, to, width, height).visible).not.toBe("none");
    }),
    { seed: 1, numRuns: 500 },
  );
});

test("nothing is left of a line on one side of the picture", () => {
  expect(clipLine([-5, 3], [-1, 9], width, height)).toEqual({ from: [-5, 3], to: [-1, 9], visible: "none" });
  expect(clipLine([3, 15], [9, 40], width, height).visible).toBe("none");
  expect(clipLine([-10, 4], [8, 40], width, height).visible).toBe("none");
});
