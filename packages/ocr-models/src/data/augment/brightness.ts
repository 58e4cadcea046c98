import { type OpenCv, throughOpenCv } from "../opencv.js";
import type { BytePicture } from "../picture.js";

/**
 * Multiplies the value of every colour in HSV by `factor`, and cuts it to an integer. Hue and saturation are those of
 * OpenCV's 8-bit conversion, so that even a factor of 1 changes colours by its rounding. (Its native builds, which the
 * reference uses, cut colours to integers on the way back; the WebAssembly build rounds them, which is 1 more at most.)
 */
export function scaleBrightness(cv: OpenCv, picture: BytePicture, factor: number): BytePicture {
  const data = throughOpenCv(cv, picture, (source, target) => {
    cv.cvtColor(source, target, cv.COLOR_BGR2HSV);
    const values = target.data;
    for (let i = 2; i < values.length; i += 3) values[i] = Math.min(255, values[i] * factor);
    source.data.set(values);
    cv.cvtColor(source, target, cv.COLOR_HSV2BGR);
  });
  return { ...picture, data };
}
