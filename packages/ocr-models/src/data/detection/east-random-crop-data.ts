import type { Point } from "../../geometry/polygon.js";
import { loadOpenCv } from "../opencv.js";
import { checkOptions, count, numbers, type Options, oneOf, probability } from "../options.js";
import { resizePicture } from "../resize-picture.js";
import { pixelsOf, regionsOf, type Transform } from "../sample.js";
import { type Area, liesOutside } from "./area.js";
import { chooseCrop } from "./choose-crop.js";
import { blackPicture, cutOut, pasteInto } from "./paste.js";
import { moveCorners } from "./region.js";

/**
 * `EastRandomCropData`: draws a part of the picture that cuts no region (see `chooseCrop`; `min_crop_side_ratio` 0.1,
 * `max_tries` 10), and brings it to `size` [width, height] ([640, 640]) in proportion, black on the right or below; with
 * `keep_ratio: false` it fills the size instead, and so do the regions (the reference scales them in proportion even
 * then). Regions outside of the part are dropped; others keep their corners, even those outside.
 */
export function eastRandomCropData(options: Options): Transform {
  const name = "EastRandomCropData";
  checkOptions(name, options, ["size", "max_tries", "min_crop_side_ratio", "keep_ratio"]);
  const [width, height] = readSize(name, options);
  const choice = {
    leastShare: probability(name, options, "min_crop_side_ratio", 0.1),
    tries: count(name, options, "max_tries", 10),
  };
  const keepRatio = oneOf(name, options, "keep_ratio", [true, false]);
  return async (sample, { random }) => {
    const picture = pixelsOf(name, sample);
    const regions = regionsOf(name, sample);
    const cared = regions.filter(({ ignore }) => !ignore).map(({ points }) => points);
    const area = chooseCrop(picture, cared, choice, random);
    const [scaleX, scaleY] = scalesOf([width / area.width, height / area.height], keepRatio);
    const filled = keepRatio ? scaledSize(area, scaleX) : { width, height };
    const { cv } = await loadOpenCv();
    const data = resizePicture(cv, cutOut(picture, area), filled.width, filled.height);
    const canvas = blackPicture(width, height);
    pasteInto(canvas, { data, ...filled });
    const move = ([x, y]: Point): Point => [(x - area.left) * scaleX, (y - area.top) * scaleY];
    const inside = moveCorners(regions, move).filter(
      ({ points }) => !liesOutside(points, { left: 0, top: 0, ...filled }),
    );
    return { ...sample, picture: canvas, regions: inside };
  };
}

/** The size of a part after scaling; a very long one leaves a row or column at least. */
function scaledSize({ width, height }: Area, scale: number): { width: number; height: number } {
  const scaled = (side: number): number => Math.max(1, Math.trunc(side * scale));
  return { width: scaled(width), height: scaled(height) };
}

function scalesOf([x, y]: readonly [number, number], keepRatio: boolean): [number, number] {
  const least = Math.min(x, y);
  return keepRatio ? [least, least] : [x, y];
}

function readSize(name: string, options: Options): number[] {
  const size = numbers(name, options, "size", [640, 640]);
  if (size.length !== 2 || size.some((n) => !Number.isInteger(n) || n < 1)) {
    throw new Error(`${name}.size: expected [width, height], found [${size}]`);
  }
  return size;
}
