import { throughOpenCv } from "../../opencv.js";
import { checkOptions, type Options, probability } from "../../options.js";
import { channels } from "../../picture.js";
import { type Augmenter, drawFrom, readRange, sometimes } from "./augmenter.js";

/** Blurring by less changes nothing. */
const leastDeviation = 0.001;

/** `GaussianBlur`: with probability `p` (1) blurs by a Gaussian of a deviation drawn from `sigma`, in pixels. */
export function gaussianBlur(options: Options): Augmenter {
  checkOptions("GaussianBlur", options, ["sigma", "p"]);
  const deviations = readRange("GaussianBlur", options, "sigma", undefined, (value) => value >= 0);
  return sometimes(probability("GaussianBlur", options, "p", 1), (cv, picture, random) => {
    const deviation = drawFrom(deviations, random);
    if (deviation < leastDeviation) return { picture };
    const data = throughOpenCv(cv, picture, (source, target) =>
      cv.GaussianBlur(source, target, new cv.Size(0, 0), deviation),
    );
    return { picture: { ...picture, data } };
  });
}

/**
 * `AdditiveGaussianNoise`: with probability `p` (1) adds normal noise of a deviation drawn from `scale`, in levels of
 * 255, the same to all colours of a pixel.
 */
export function gaussianNoise(options: Options): Augmenter {
  checkOptions("AdditiveGaussianNoise", options, ["scale", "p"]);
  const deviations = readRange("AdditiveGaussianNoise", options, "scale", undefined, (value) => value >= 0);
  return sometimes(probability("AdditiveGaussianNoise", options, "p", 1), (_, picture, random) => {
    const deviation = drawFrom(deviations, random);
    const noisy = new Uint8ClampedArray(picture.data);
    for (let i = 0; i < noisy.length; i += channels) {
      const change = deviation * random.normal();
      for (let c = 0; c < channels; c++) noisy[i + c] += change;
    }
    return { picture: { ...picture, data: new Uint8Array(noisy) } };
  });
}
