import type { OpenCv } from "../data/opencv.js";
import { type Bitmap, withBitmap } from "./bitmap.js";
import { withPoints } from "./point-matrix.js";
import type { Polygon } from "./polygon.js";

/**
 * A copy of a bitmap in which the pixels of each polygon, its edges included, have the value `value`: OpenCV's
 * `fillPoly`, once a polygon. Corners are cut to integers and may lie outside.
 */
export function fillPolygons(cv: OpenCv, bitmap: Bitmap, polygons: readonly Polygon[], value: 0 | 1): Bitmap {
  if (polygons.length === 0) return { ...bitmap, data: bitmap.data.slice() };
  return withBitmap(cv, bitmap, (image) => {
    for (const polygon of polygons) {
      withPoints(cv, polygon, (points) => {
        const one = new cv.MatVector();
        try {
          one.push_back(points);
          cv.fillPoly(image, one, new cv.Scalar(value));
        } finally {
          one.delete();
        }
      });
    }
    return { ...bitmap, data: image.data.slice() };
  });
}
