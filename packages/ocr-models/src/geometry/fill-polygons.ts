import type { Bitmap } from "./bitmap.js";
import { type ClippedLine, clipLine } from "./clip-line.js";
import { edgesOf, type Point, type Polygon } from "./polygon.js";
import { visitLine } from "./visit-line.js";

/** Positions along a row are whole multiples of this part of a pixel. */
const part = 65536;

/** An edge of a polygon as it crosses rows, from `top` to the one before `bottom`. */
interface Crossing {
  readonly top: number;
  readonly bottom: number;
  /** Where it crosses the row `top`, and how much further right each next row, in parts of a pixel. */
  readonly start: number;
  readonly step: number;
}

/** Gives the pixels from `left` to `right` of a row the value. */
type FillRow = (y: number, left: number, right: number) => void;

/**
 * A copy of a bitmap in which the pixels of each polygon, its edges included, have the value `value`. Corners are cut to
 * integers and may lie outside; of a polygon that crosses itself, what is enclosed an odd number of times is filled.
 *
 * Pixels are those of OpenCV's `fillPoly` up to 4.10, with which the reference's maps are made; since 4.12 (so in the
 * build that this package uses) it fills some pixels fewer on sloping edges.
 */
export function fillPolygons({ data, width, height }: Bitmap, polygons: readonly Polygon[], value: 0 | 1): Bitmap {
  const filled = data.slice();
  const fillRow: FillRow = (y, left, right) => {
    const [first, last] = [Math.max(0, left), Math.min(width - 1, right)];
    if (first <= last) filled.fill(value, y * width + first, y * width + last + 1);
  };
  for (const polygon of polygons) {
    const corners = polygon.map(([x, y]): Point => [Math.trunc(x), Math.trunc(y)]);
    const crossings = edgesOf(corners).flatMap(([from, to]) => {
      const clipped = clipLine(from, to, width, height);
      if (clipped.visible !== "none") visitLine(clipped.from, clipped.to, (x, y) => fillRow(y, x, x));
      return crossingOf(from, to, clipped) ?? [];
    });
    fillInside(crossings, height, fillRow);
  }
  return { data: filled, width, height };
}

/**
 * How an edge crosses rows; undefined where it is level. One that is cut at the edge of the picture has the slope of
 * what is left of it, and is not rounded: as in OpenCV.
 */
function crossingOf(from: Point, to: Point, clipped: ClippedLine): Crossing | undefined {
  if (from[1] === to[1]) return undefined;
  const isLevel = clipped.from[1] === clipped.to[1];
  const [a, b] = isLevel ? [from, to] : [clipped.from, clipped.to];
  const half = clipped.visible === "all" ? part / 2 : 0;
  const step = Math.trunc(((b[0] - a[0]) * part) / (b[1] - a[1]));
  const [upper, lower, anchor] = from[1] < to[1] ? [from, to, a] : [to, from, b];
  const start = anchor[0] * part + half + (upper[1] - anchor[1]) * step;
  return { top: upper[1], bottom: lower[1], start, step };
}

/** Fills between the first and the second crossing of a row, the third and the fourth, and so on. */
function fillInside(crossings: readonly Crossing[], height: number, fillRow: FillRow): void {
  const first = Math.max(0, Math.min(...crossings.map(({ top }) => top)));
  const end = Math.min(height, Math.max(...crossings.map(({ bottom }) => bottom)));
  for (let y = first; y < end; y++) {
    const across = crossings.filter(({ top, bottom }) => top <= y && y < bottom);
    const xs = across
      .map(({ top, start, step }) => Math.floor((start + (y - top) * step) / part))
      .sort((a, b) => a - b);
    for (let i = 0; i + 1 < xs.length; i += 2) fillRow(y, xs[i], xs[i + 1]);
  }
}
