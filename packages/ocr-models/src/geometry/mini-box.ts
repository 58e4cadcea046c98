import type { OpenCv } from "../data/opencv.js";
import { withPoints } from "./point-matrix.js";
import type { Point, Polygon } from "./polygon.js";

/** A rectangle in any position. */
export interface MiniBox {
  /** Top left, top right, bottom right, bottom left. */
  readonly corners: readonly [Point, Point, Point, Point];
  /** Length of the shorter side, in pixels. */
  readonly side: number;
}

/**
 * The smallest rectangle around points with integer coordinates, by OpenCV's `minAreaRect`. Of the two left corners the
 * upper one comes first, of the two right ones too. Source: db_postprocess.py get_mini_boxes.
 */
export function miniBox(cv: OpenCv, points: Polygon): MiniBox {
  const rectangle = withPoints(cv, points, (matrix) => cv.minAreaRect(matrix));
  const corners = cv.RotatedRect.points(rectangle).map(({ x, y }): Point => [x, y]);
  const [a, b, c, d] = corners.sort((p, q) => p[0] - q[0]);
  const [topLeft, bottomLeft] = b[1] > a[1] ? [a, b] : [b, a];
  const [topRight, bottomRight] = d[1] > c[1] ? [c, d] : [d, c];
  const { width, height } = rectangle.size;
  return { corners: [topLeft, topRight, bottomRight, bottomLeft], side: Math.min(width, height) };
}
