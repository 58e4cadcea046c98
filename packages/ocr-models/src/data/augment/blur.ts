import { type OpenCv, throughOpenCv } from "../opencv.js";
import type { BytePicture } from "../picture.js";

const bell: readonly number[] = [-2, -1, 0, 1, 2].map((x) => Math.exp((-x * x) / 2));
const sum: number = bell.reduce((a, b) => a + b);
const gaussian: readonly number[] = bell.map((value) => value / sum);

/**
 * Blurs by a Gaussian of 5 x 5 pixels and deviation 1, mirrored at the border, in float32 with OpenCV's
 * `sepFilter2D`, as the reference does.
 */
export function blur(cv: OpenCv, picture: BytePicture): BytePicture {
  const kernel = cv.matFromArray(gaussian.length, 1, cv.CV_32F, gaussian);
  try {
    const data = throughOpenCv(cv, picture, (source, target) => cv.sepFilter2D(source, target, -1, kernel, kernel));
    return { ...picture, data };
  } finally {
    kernel.delete();
  }
}
