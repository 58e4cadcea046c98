import { loadOpenCv } from "../opencv.js";
import { checkOptions, nearestName, type Options, probability } from "../options.js";
import { pixelsOf, regionsOf, type Transform } from "../sample.js";
import { affine } from "./augmenters/affine.js";
import { type Augmenter, sometimes } from "./augmenters/augmenter.js";
import { flipLeftRight, flipUpDown } from "./augmenters/flip.js";
import { gaussianBlur, gaussianNoise } from "./augmenters/gaussian.js";
import { linearContrast, multiply } from "./augmenters/levels.js";
import { resize } from "./augmenters/resize.js";
import { moveCorners } from "./region.js";

const name = "IaaAugment";

/** Every augmenter that a config can name, by its name in imgaug. */
const kinds: Readonly<Record<string, (options: Options) => Augmenter>> = {
  Fliplr: (options) => flip("Fliplr", options, (_, picture) => flipLeftRight(picture)),
  Flipud: (options) => flip("Flipud", options, (_, picture) => flipUpDown(picture)),
  Affine: affine,
  Resize: resize,
  GaussianBlur: gaussianBlur,
  AdditiveGaussianNoise: gaussianNoise,
  Multiply: multiply,
  LinearContrast: linearContrast,
};

/** Where a config names none. */
const usual: readonly unknown[] = [
  { type: "Fliplr", args: { p: 0.5 } },
  { type: "Affine", args: { rotate: [-10, 10] } },
  { type: "Resize", args: { size: [0.5, 3] } },
];

/**
 * `IaaAugment`: changes picture and regions at random, by the list `augmenter_args` of `{ type, args }`, in its order:
 * Fliplr, Flipud, Affine, Resize, and for the picture alone GaussianBlur, AdditiveGaussianNoise, Multiply,
 * LinearContrast. Without a list it flips left and right half of the pictures, turns them by up to 10 degrees and
 * resizes them by 0.5 to 3. Corners that go outside stay outside. Each augmenter draws from a generator of its own.
 */
export function iaaAugment(options: Options): Transform {
  checkOptions(name, options, ["augmenter_args"]);
  const augmenters = readAugmenters(options.augmenter_args ?? usual);
  return async (sample, { random }) => {
    const { cv } = await loadOpenCv();
    let picture = pixelsOf(name, sample);
    let regions = regionsOf(name, sample);
    for (const [i, augment] of augmenters.entries()) {
      const augmented = augment(cv, picture, random.split("augmenter", i));
      picture = augmented.picture;
      if (augmented.move !== undefined) regions = moveCorners(regions, augmented.move);
    }
    return { ...sample, picture, regions };
  };
}

function flip(type: string, options: Options, augment: Augmenter): Augmenter {
  checkOptions(type, options, ["p"]);
  return sometimes(probability(type, options, "p", 1), augment);
}

function readAugmenters(list: unknown): Augmenter[] {
  if (!Array.isArray(list)) {
    throw new Error(`${name}.augmenter_args: expected a list of { type, args }, found ${JSON.stringify(list)}`);
  }
  return list.map((entry, i) => {
    const where = `${name}.augmenter_args[${i}]`;
    const { type, args, ...others } = (entry ?? {}) as Record<string, unknown>;
    const isEntry = typeof type === "string" && Object.keys(others).length === 0;
    if (!isEntry || typeof (args ?? {}) !== "object" || Array.isArray(args)) {
      throw new Error(`${where}: expected { type, args }, found ${JSON.stringify(entry)}`);
    }
    if (!Object.hasOwn(kinds, type)) {
      const nearest = nearestName(type, Object.keys(kinds));
      throw new Error(`${where}: there is no augmenter "${type}"; the nearest name is "${nearest}"`);
    }
    return kinds[type]((args ?? {}) as Options);
  });
}
