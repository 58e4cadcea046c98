import fc from "fast-check";
import { expect, test } from "vitest";
import { rectangle } from "../../../../fixtures/rectangle.js";
import { fillPolygons } from "./fill-polygons.js";

const [height, width] = [9, 11];
const blank = (value: 0 | 1) => ({ data: new Uint8Array(height * width).fill(value), height, width });

const rectangles = fc.array(
  fc.tuple(fc.integer({ min: -4, max: 12 }), fc.integer({ min: -4, max: 10 }), fc.nat(6), fc.nat(6)),
  {
    maxLength: 4,
  },
);

test.each([0, 1] as const)(
  "rectangles are filled with %i, edges and overlaps included, as far as they are inside",
  (value) => {
    fc.assert(
      fc.property(rectangles, (list) => {
        const start = blank(value === 0 ? 1 : 0);
        const expected = start.data.slice();
        for (const [left, top, w, h] of list) {
          for (let y = Math.max(0, top); y <= Math.min(height - 1, top + h); y++) {
            for (let x = Math.max(0, left); x <= Math.min(width - 1, left + w); x++) expected[y * width + x] = value;
          }
        }
        const polygons = list.map(([left, top, w, h]) => rectangle(left, top, left + w, top + h));
        expect(fillPolygons(start, polygons, value)).toEqual({ data: expected, height, width });
      }),
      { seed: 1 },
    );
  },
);

test("corners are cut to integers, and the bitmap stays as it is", () => {
  const start = blank(0);
  const cut = fillPolygons(start, [rectangle(2.9, 1.2, 6.7, 5.9)], 1);
  expect(cut).toEqual(fillPolygons(start, [rectangle(2, 1, 6, 5)], 1));
  expect(start).toEqual(blank(0));
});
