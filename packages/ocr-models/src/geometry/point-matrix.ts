import type { Mat, OpenCv } from "../data/opencv.js";
import type { Point, Polygon } from "./polygon.js";

/** What `fn` makes of points as a matrix of OpenCV, which is gone afterwards; coordinates are cut to integers. */
export function withPoints<T>(cv: OpenCv, points: Polygon, fn: (matrix: Mat) => T): T {
  const matrix = new cv.Mat(points.length, 1, cv.CV_32SC2);
  try {
    matrix.data32S.set(points.flat());
    return fn(matrix);
  } finally {
    matrix.delete();
  }
}

/** The points of such a matrix. */
export function pointsOf({ data32S }: Mat): Point[] {
  return Array.from({ length: data32S.length / 2 }, (_, i): Point => [data32S[2 * i], data32S[2 * i + 1]]);
}
