import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { loadOpenCv, type OpenCv } from "../data/opencv.js";
import type { Bitmap } from "./bitmap.js";
import { findContours, simplifyContour } from "./contours.js";
import { dilate } from "./dilate.js";
import type { Polygon } from "./polygon.js";

let cv: OpenCv;
beforeAll(async () => {
  ({ cv } = await loadOpenCv());
});

/** A picture of rows such as "..##". */
function bitmapOf(...rows: string[]): Bitmap {
  const data = Uint8Array.from(rows.join(""), (pixel) => (pixel === "#" ? 1 : 0));
  return { data, height: rows.length, width: rows[0].length };
}

const pictures = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
  .chain(([height, width]) =>
    fc
      .array(fc.constantFrom(0, 1), { minLength: height * width, maxLength: height * width })
      .map((data): Bitmap => ({ data: Uint8Array.from(data), height, width })),
  );

/** How many areas of pixels equal to `value` there are, by flooding; `steps` are the ways from pixel to pixel. */
function areas({ data, height, width }: Bitmap, value: number, steps: readonly (readonly [number, number])[]): number {
  const seen = new Set<number>();
  let count = 0;
  for (let start = 0; start < data.length; start++) {
    if (data[start] !== value || seen.has(start)) continue;
    count++;
    const open = [start];
    seen.add(start);
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const [dy, dx] of steps) {
        const [y, x] = [Math.floor(at / width) + dy, (at % width) + dx];
        const next = y * width + x;
        if (y < 0 || y >= height || x < 0 || x >= width || data[next] !== value || seen.has(next)) continue;
        seen.add(next);
        open.push(next);
      }
    }
  }
  return count;
}

const straight = [
  [0, 1],
  [1, 0],
  [0, -1],
  [-1, 0],
] as const;
const diagonal = [
  [1, 1],
  [1, -1],
  [-1, 1],
  [-1, -1],
] as const;

/** The picture with a rim of 0, so that what lies around it is one area. */
function rimmed({ data, height, width }: Bitmap): Bitmap {
  const wide = width + 2;
  const all = new Uint8Array((height + 2) * wide);
  for (let y = 0; y < height; y++) all.set(data.subarray(y * width, (y + 1) * width), (y + 1) * wide + 1);
  return { data: all, height: height + 2, width: wide };
}

test("there is an outline for each area, and for each hole in one", () => {
  fc.assert(
    fc.property(pictures, (picture) => {
      const outer = areas(picture, 1, [...straight, ...diagonal]);
      const holes = areas(rimmed(picture), 0, straight) - 1;
      expect(findContours(cv, picture, 1000)).toHaveLength(outer + holes);
    }),
    { seed: 1 },
  );
});

const sorted = (polygon: Polygon): unknown => [...polygon].sort(([ax, ay], [bx, by]) => ax - bx || ay - by);

test("an outline has the corners of its area; only so many are given", () => {
  const picture = bitmapOf("........", ".####...", ".####...", ".####.#.", "........");
  const contours = findContours(cv, picture, 1000);
  const square = [
    [1, 1],
    [1, 3],
    [4, 1],
    [4, 3],
  ];
  expect(contours.map(sorted)).toEqual(expect.arrayContaining([square, [[6, 3]]]));
  expect(findContours(cv, picture, 1)).toEqual(contours.slice(0, 1));
  expect(findContours(cv, bitmapOf("...", "..."), 1000)).toEqual([]);
});

test("a simpler outline leaves out corners that hardly matter", () => {
  const bump: Polygon = [
    [0, 0],
    [50, 1],
    [100, 0],
    [100, 40],
    [0, 40],
  ];
  expect(simplifyContour(cv, bump, 0.02)).toHaveLength(4);
  expect(sorted(simplifyContour(cv, bump, 0.001))).toEqual(sorted(bump));
});

test("dilation spreads a pixel to the right, below, and right below", () => {
  fc.assert(
    fc.property(pictures, (picture) => {
      const { data, height, width } = picture;
      const at = (y: number, x: number): number => (y < 0 || x < 0 ? 0 : data[y * width + x]);
      const wanted: number[] = [];
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          wanted.push(Math.max(at(y, x), at(y - 1, x), at(y, x - 1), at(y - 1, x - 1)));
        }
      }
      expect([...dilate(cv, picture).data]).toEqual(wanted);
    }),
    { seed: 1 },
  );
});
