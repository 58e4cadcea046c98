import type { Random } from "@retort/tensor/random";
import { blur } from "./augment/blur.js";
import { scaleBrightness } from "./augment/brightness.js";
import { cropRows } from "./augment/crop.js";
import { shiftDiagonally } from "./augment/jitter.js";
import { addNoise } from "./augment/noise.js";
import { type Draw, distortPoints, perspectivePoints, stretchPoints } from "./augment/text-warps.js";
import { warpMls } from "./augment/warp-mls.js";
import { loadOpenCv, type OpenCv } from "./opencv.js";
import { checkOptions, type Options, probability } from "./options.js";
import type { BytePicture } from "./picture.js";
import { pixelsOf, type Transform } from "./sample.js";

type Change = (picture: BytePicture, random: Random, cv: OpenCv) => BytePicture;

/** What may happen to a picture, in this order; the keys are those of the probabilities. */
const changes: Readonly<Record<string, Change>> = {
  tia_prob: warp,
  crop_prob: crop,
  blur_prob: (picture, _, cv) => blur(cv, picture),
  hsv_aug_prob: brighten,
  jitter_prob: jitter,
  noise_prob: addNoise,
  reverse_prob: invert,
};

/** Pictures with a smaller side are neither warped nor cropped. */
const smallest = 20;

/**
 * `RecAug`: changes the decoded picture at random, as the reference does. Each change comes with its probability, 0.4
 * unless an option says otherwise: `tia_prob` (distortion, stretching and perspective), `crop_prob` (1 to 8 rows),
 * `blur_prob`, `hsv_aug_prob` (brightness by up to a thousandth), `jitter_prob` (a shift by less than a hundredth of
 * the smaller side), `noise_prob`, `reverse_prob` (inverted colours). Draws depend on the context's `random` only, and
 * those of one change not on the others.
 */
export function recAug(options: Options): Transform {
  checkOptions("RecAug", options, Object.keys(changes));
  const steps = Object.entries(changes).map(([key, change]) => {
    return { key, change, chance: probability("RecAug", options, key, 0.4) };
  });
  return async (sample, { random }) => {
    const { cv } = await loadOpenCv();
    let picture = pixelsOf("RecAug", sample);
    for (const { key, change, chance } of steps) {
      const draws = random.split(key);
      if (draws.uniform() < chance) picture = change(picture, draws, cv);
    }
    return { ...sample, picture };
  };
}

function warp(picture: BytePicture, random: Random): BytePicture {
  const { width, height } = picture;
  if (Math.min(width, height) < smallest) return picture;
  const draw: Draw = (n) => random.integer(n);
  const segments = (): number => 3 + random.integer(4);
  const distorted = warpMls(picture, distortPoints(width, height, segments(), draw));
  const stretched = warpMls(distorted, stretchPoints(width, height, segments(), draw));
  return warpMls(stretched, perspectivePoints(width, height, draw));
}

function crop(picture: BytePicture, random: Random): BytePicture {
  if (Math.min(picture.width, picture.height) < smallest) return picture;
  return cropRows(picture, 1 + random.integer(8), random.integer(2) === 1);
}

function brighten(picture: BytePicture, random: Random, cv: OpenCv): BytePicture {
  const change = 0.001 * random.uniform();
  return scaleBrightness(cv, picture, random.integer(2) === 1 ? 1 + change : 1 - change);
}

/** Moves nothing unless the smaller side has more than 200 pixels: the shift is below a hundredth of it, less one. */
function jitter(picture: BytePicture, random: Random): BytePicture {
  const steps = Math.floor(random.uniform() * Math.min(picture.width, picture.height) * 0.01);
  return steps < 2 ? picture : shiftDiagonally(picture, steps - 1);
}

function invert(picture: BytePicture): BytePicture {
  return { ...picture, data: picture.data.map((value) => 255 - value) };
}
