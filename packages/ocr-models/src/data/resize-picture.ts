import type { OpenCv } from "./opencv.js";
import { channels, type Picture } from "./picture.js";

/** Resizes 8-bit pixels bilinearly with OpenCV's `resize`; a picture that has the size already is copied. */
export function resizePicture(cv: OpenCv, picture: Picture, width: number, height: number): Uint8Array {
  if (!(picture.data instanceof Uint8Array)) throw new Error("resizing works on 8-bit pixels, before normalisation");
  const source = new cv.Mat(picture.height, picture.width, cv.CV_8UC3);
  const target = new cv.Mat();
  try {
    source.data.set(picture.data);
    cv.resize(source, target, new cv.Size(width, height), 0, 0, cv.INTER_LINEAR);
    const pixels = new Uint8Array(width * height * channels);
    pixels.set(target.data);
    return pixels;
  } finally {
    source.delete();
    target.delete();
  }
}
