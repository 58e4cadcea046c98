import { type OpenCv, throughOpenCv } from "./opencv.js";
import type { BytePicture } from "./picture.js";

/** Resizes 8-bit pixels bilinearly with OpenCV's `resize`; a picture that has the size already is copied. */
export function resizePicture(cv: OpenCv, picture: BytePicture, width: number, height: number): Uint8Array {
  return throughOpenCv(cv, picture, (source, target) => {
    cv.resize(source, target, new cv.Size(width, height), 0, 0, cv.INTER_LINEAR);
  });
}
