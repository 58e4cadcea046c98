import type { OpenCv } from "../data/opencv.js";
import { type Bitmap, withBitmap } from "./bitmap.js";

const square: Bitmap = { data: new Uint8Array([1, 1, 1, 1]), height: 2, width: 2 };

/** Spreads every 1 to the pixels on its right, below, and right below: OpenCV's `dilate` with a square of 2 by 2. */
export function dilate(cv: OpenCv, bitmap: Bitmap): Bitmap {
  return withBitmap(cv, bitmap, (source) =>
    withBitmap(cv, square, (kernel) =>
      withBitmap(cv, bitmap, (target) => {
        cv.dilate(source, target, kernel);
        return { ...bitmap, data: target.data.slice() };
      }),
    ),
  );
}
