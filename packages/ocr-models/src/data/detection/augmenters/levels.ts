import { checkOptions, type Options, probability } from "../../options.js";
import type { BytePicture } from "../../picture.js";
import { type Augmenter, drawFrom, readRange, sometimes } from "./augmenter.js";

/** The grey that a change of contrast leaves alone. */
const middle = 127;

/** `Multiply`: with probability `p` (1) multiplies all values by a number drawn from `mul`. */
export function multiply(options: Options): Augmenter {
  checkOptions("Multiply", options, ["mul", "p"]);
  const factors = readRange("Multiply", options, "mul", undefined, (value) => value >= 0);
  return sometimes(probability("Multiply", options, "p", 1), (_, picture, random) => {
    const factor = drawFrom(factors, random);
    return { picture: mapLevels(picture, (level) => level * factor) };
  });
}

/** `LinearContrast`: with probability `p` (1) multiplies distances from the middle grey by a number drawn from `alpha`. */
export function linearContrast(options: Options): Augmenter {
  checkOptions("LinearContrast", options, ["alpha", "p"]);
  const factors = readRange("LinearContrast", options, "alpha", undefined, (value) => value >= 0);
  return sometimes(probability("LinearContrast", options, "p", 1), (_, picture, random) => {
    const factor = drawFrom(factors, random);
    return { picture: mapLevels(picture, (level) => middle + (level - middle) * factor) };
  });
}

/** A picture with each value replaced, rounded and held from 0 to 255. */
function mapLevels(picture: BytePicture, change: (level: number) => number): BytePicture {
  const table = Uint8ClampedArray.from({ length: 256 }, (_, level) => change(level));
  return { ...picture, data: picture.data.map((level) => table[level]) };
}
