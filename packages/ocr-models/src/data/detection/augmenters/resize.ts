import { checkOptions, type Options, probability } from "../../options.js";
import { resizePicture } from "../../resize-picture.js";
import { type Augmenter, drawFrom, readRange, sometimes } from "./augmenter.js";

/**
 * `Resize`: with probability `p` (1) multiplies width and height by one number drawn from `size`, bilinearly, down to
 * whole pixels.
 */
export function resize(options: Options): Augmenter {
  checkOptions("Resize", options, ["size", "p"]);
  const size = readRange("Resize", options, "size", undefined, (value) => value > 0);
  return sometimes(probability("Resize", options, "p", 1), (cv, picture, random) => {
    const factor = drawFrom(size, random);
    const scaled = (side: number): number => Math.max(1, Math.trunc(side * factor));
    const [width, height] = [scaled(picture.width), scaled(picture.height)];
    const data = resizePicture(cv, picture, width, height);
    return { picture: { data, width, height }, move: ([x, y]) => [x * factor, y * factor] };
  });
}
