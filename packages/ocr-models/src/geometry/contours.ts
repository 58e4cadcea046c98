import type { Mat, OpenCv } from "../data/opencv.js";
import { type Bitmap, withBitmap } from "./bitmap.js";
import { pointsOf, withPoints } from "./point-matrix.js";
import type { Point, Polygon } from "./polygon.js";

/**
 * The first `limit` outlines of areas of 1s and of the holes in them, in OpenCV's order (`findContours` with
 * `RETR_LIST` and `CHAIN_APPROX_SIMPLE`): the pixels where an outline changes its direction.
 */
export function findContours(cv: OpenCv, bitmap: Bitmap, limit: number): Point[][] {
  const [contours, hierarchy] = [new cv.MatVector(), new cv.Mat()];
  try {
    withBitmap(cv, bitmap, (image) =>
      cv.findContours(image, contours, hierarchy, cv.RETR_LIST, cv.CHAIN_APPROX_SIMPLE),
    );
    return Array.from({ length: Math.min(limit, contours.size()) }, (_, i) => {
      const contour = contours.get(i);
      try {
        return pointsOf(contour);
      } finally {
        contour.delete();
      }
    });
  } finally {
    contours.delete();
    hierarchy.delete();
  }
}

/**
 * An outline with fewer corners, none of which was further than `tolerance` times its length from where it is now
 * (OpenCV's `approxPolyDP`, the algorithm of Douglas and Peucker).
 */
export function simplifyContour(cv: OpenCv, contour: Polygon, tolerance: number): Point[] {
  const simplify = (curve: Mat): Point[] => {
    const simpler = new cv.Mat();
    try {
      cv.approxPolyDP(curve, simpler, tolerance * cv.arcLength(curve, true), true);
      return pointsOf(simpler);
    } finally {
      simpler.delete();
    }
  };
  return withPoints(cv, contour, simplify);
}
