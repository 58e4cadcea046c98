import type { Point } from "./polygon.js";

/**
 * Visits the pixels of a line between two of them, both included, from left to right: neighbours touch at sides or
 * corners. Bresenham's method; where two pixels are equally near, OpenCV's choice.
 */
export function visitLine(from: Point, to: Point, visit: (x: number, y: number) => void): void {
  const [[ax, ay], [bx, by]] = from[0] <= to[0] ? [from, to] : [to, from];
  const [dx, dy, down] = [bx - ax, Math.abs(by - ay), by < ay ? -1 : 1];
  const steep = dy > dx;
  const [long, short] = steep ? [dy, dx] : [dx, dy];
  let error = long - 2 * short;
  let [x, y] = [ax, ay];
  for (let i = 0; i <= long; i++) {
    visit(x, y);
    const aside = error < 0;
    error += (aside ? 2 * long : 0) - 2 * short;
    if (steep || aside) y += down;
    if (!steep || aside) x += 1;
  }
}
