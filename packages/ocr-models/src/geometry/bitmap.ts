import type { Mat, OpenCv } from "../data/opencv.js";

/** A picture of 0 and 1, row by row. */
export interface Bitmap {
  readonly data: Uint8Array;
  readonly height: number;
  readonly width: number;
}

/** What `fn` makes of a bitmap as a matrix of OpenCV, which is gone afterwards. */
export function withBitmap<T>(cv: OpenCv, { data, height, width }: Bitmap, fn: (matrix: Mat) => T): T {
  const matrix = new cv.Mat(height, width, cv.CV_8UC1);
  try {
    matrix.data.set(data);
    return fn(matrix);
  } finally {
    matrix.delete();
  }
}
