import type { Point, Polygon } from "./polygon.js";

/** Boxes whose first corners differ by less than so many pixels in height stand in one row. */
const rowHeight = 10;

const firstOf = ({ points }: { readonly points: Polygon }): Point => points[0];

/**
 * Boxes from top to bottom, and from left to right where they stand in one row, by their first corners, which of quads
 * are the top left ones. Source: `sorted_boxes` of the reference, whose rows are found the same way: each box moves
 * forward past those of its row that are further right.
 */
export function inReadingOrder<Box extends { readonly points: Polygon }>(boxes: readonly Box[]): Box[] {
  const byHeight = [...boxes].sort((a, b) => firstOf(a)[1] - firstOf(b)[1] || firstOf(a)[0] - firstOf(b)[0]);
  const sorted: Box[] = [];
  for (const box of byHeight) {
    const [x, y] = firstOf(box);
    let place = sorted.length;
    while (place > 0 && Math.abs(y - firstOf(sorted[place - 1])[1]) < rowHeight && x < firstOf(sorted[place - 1])[0]) {
      place--;
    }
    sorted.splice(place, 0, box);
  }
  return sorted;
}
