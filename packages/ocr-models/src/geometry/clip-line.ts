import type { Point } from "./polygon.js";

/** Where a line is cut at the edges of a picture. */
export interface ClippedLine {
  readonly from: Point;
  readonly to: Point;
  /** How much of it lies in the picture. Where nothing does, an end may still have been moved, as in OpenCV. */
  readonly visible: "all" | "some" | "none";
}

/** On which sides of a picture a coordinate lies outside: -1 below 0, 1 beyond the last pixel. */
const sideOf = (value: number, last: number): -1 | 0 | 1 => (value < 0 ? -1 : value > last ? 1 : 0);

/**
 * Cuts a line between whole pixels at the edges of a picture of so many columns and rows: first at the top and bottom,
 * then at the left and right, each end moved to a whole pixel in turn. That is the order and the rounding of OpenCV's
 * `clipLine` (the method of Cohen and Sutherland), on which the pixels of a filled polygon depend.
 */
export function clipLine(from: Point, to: Point, width: number, height: number): ClippedLine {
  const [right, bottom] = [width - 1, height - 1];
  let [[ax, ay], [bx, by]] = [from, to];
  const sides = () => [sideOf(ax, right), sideOf(ay, bottom), sideOf(bx, right), sideOf(by, bottom)] as const;
  const [startX, startY, endX, endY] = sides();
  if ([startX, startY, endX, endY].every((side) => side === 0)) return { from, to, visible: "all" };
  const hidden = (startX !== 0 && startX === endX) || (startY !== 0 && startY === endY);
  if (hidden) return { from, to, visible: "none" };
  if (startY !== 0) {
    const y = startY < 0 ? 0 : bottom;
    ax += Math.trunc(((y - ay) * (bx - ax)) / (by - ay));
    ay = y;
  }
  if (endY !== 0) {
    const y = endY < 0 ? 0 : bottom;
    bx += Math.trunc(((y - by) * (bx - ax)) / (by - ay));
    by = y;
  }
  const [leftA, , leftB] = sides();
  if (leftA !== 0 && leftA === leftB) return { from: [ax, ay], to: [bx, by], visible: "none" };
  if (leftA !== 0) {
    const x = leftA < 0 ? 0 : right;
    ay += Math.trunc(((x - ax) * (by - ay)) / (bx - ax));
    ax = x;
  }
  if (leftB !== 0) {
    const x = leftB < 0 ? 0 : right;
    by += Math.trunc(((x - bx) * (by - ay)) / (bx - ax));
    bx = x;
  }
  return { from: [ax, ay], to: [bx, by], visible: "some" };
}
