import { type OpenCv, throughOpenCv } from "../opencv.js";
import type { BytePicture } from "../picture.js";

/** Blurs by a Gaussian of 5 x 5 pixels and deviation 1 (OpenCV's); a picture of at most 10 rows or columns stays. */
export function blur(cv: OpenCv, picture: BytePicture): BytePicture {
  if (picture.height <= 10 || picture.width <= 10) return picture;
  const data = throughOpenCv(cv, picture, (source, target) => {
    cv.GaussianBlur(source, target, new cv.Size(5, 5), 1, 1, cv.BORDER_DEFAULT);
  });
  return { ...picture, data };
}
