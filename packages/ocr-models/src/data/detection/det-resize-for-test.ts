import { loadOpenCv } from "../opencv.js";
import { checkOptions, count, numbers, type Options, oneOf } from "../options.js";
import type { BytePicture } from "../picture.js";
import { resizePicture } from "../resize-picture.js";
import { roundHalfToEven } from "../round.js";
import { pixelsOf, type Transform, withFields } from "../sample.js";
import { blackPicture, pasteInto } from "./paste.js";

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size that a picture is brought to. */
export type TestSize = (size: Size) => Size;

const name = "DetResizeForTest";

/** What networks halve a picture by. */
const stride = 32;
const longStride = 128;

/** Pictures with a smaller sum of width and height are put on a black one. */
const smallestSum = 64;

/**
 * `DetResizeForTest`: brings pictures to a size that networks can halve five times; proportions change a little for
 * that. Gives `shape`: height and width as they were, and by how much each has been multiplied. Regions stay as they
 * are. The options say how:
 *
 * - none: the shorter side is at least 736, as with `limit_side_len: 736`;
 * - `limit_side_len` with `limit_type`: "min" makes the shorter side at least that long, "max" the longer one at most,
 *   "resize_long" the longer one exactly; then both go to the nearest multiple of 32. `max_side_limit` bounds the longer
 *   side (the reference of 2025 has 4000; here there is no bound unless one is given);
 * - `resize_long`: the longer side is that long, then both go up to a multiple of 128;
 * - `image_shape` [height, width], with `keep_ratio: true` only the height; the width goes up to a multiple of 32.
 */
export function detResizeForTest(options: Options): Transform {
  const sizeFor = testSize(options);
  return async (sample) => {
    const picture = pixelsOf(name, sample);
    const source = padded(picture);
    const { width, height } = sizeFor(source);
    const { cv } = await loadOpenCv();
    const data = resizePicture(cv, source, width, height);
    const shape = [picture.height, picture.width, height / source.height, width / source.width];
    return withFields(
      { ...sample, picture: { data, width, height } },
      { shape: { data: Float32Array.from(shape), shape: [4] } },
    );
  };
}

/** The size that options of `DetResizeForTest` give to a picture. Throws an Error for wrong options. */
export function testSize(options: Options): TestSize {
  const known = ["image_shape", "keep_ratio", "limit_side_len", "limit_type", "max_side_limit", "resize_long"];
  checkOptions(name, options, known);
  checkTogether(options);
  if (options.image_shape !== undefined) return fixedSize(options);
  if (options.resize_long !== undefined) return longSize(count(name, options, "resize_long", 960));
  return limitedSize(options);
}

/** Options of one way that stand beside those of another have no effect: that is a mistake. */
function checkTogether(options: Options): void {
  const ways = [["image_shape", "keep_ratio"], ["resize_long"], ["limit_side_len", "limit_type", "max_side_limit"]];
  const given = ways.map((keys) => keys.filter((key) => options[key] !== undefined)).filter((keys) => keys.length > 0);
  if (given.length > 1) {
    throw new Error(`${name}: ${given[0][0]} and ${given[1][0]} are two ways of resizing: leave one of them out`);
  }
  if (options.keep_ratio !== undefined && options.image_shape === undefined) {
    throw new Error(`${name}.keep_ratio: belongs to image_shape, which is missing`);
  }
}

function fixedSize(options: Options): TestSize {
  const shape = numbers(name, options, "image_shape");
  if (shape.length !== 2 || shape.some((n) => !Number.isInteger(n) || n < 1)) {
    throw new Error(`${name}.image_shape: expected [height, width], found [${shape}]`);
  }
  const [height, width] = shape;
  if (!oneOf(name, options, "keep_ratio", [false, true])) return () => ({ width, height });
  return (size) => ({ width: Math.ceil((size.width * height) / size.height / stride) * stride, height });
}

function longSize(longest: number): TestSize {
  return ({ width, height }) => {
    const ratio = longest / Math.max(width, height);
    const up = (side: number): number => Math.ceil(Math.trunc(side * ratio) / longStride) * longStride;
    return { width: Math.max(longStride, up(width)), height: Math.max(longStride, up(height)) };
  };
}

/** By how much a picture is to be multiplied. */
const ratios = {
  min: (length: number, { width, height }: Size) => Math.max(1, length / Math.min(width, height)),
  max: (length: number, { width, height }: Size) => Math.min(1, length / Math.max(width, height)),
  resize_long: (length: number, { width, height }: Size) => length / Math.max(width, height),
} as const;

function limitedSize(options: Options): TestSize {
  const length = count(name, options, "limit_side_len", 736);
  const ratioOf = ratios[oneOf(name, options, "limit_type", ["min", "max", "resize_long"])];
  const longest =
    options.max_side_limit === undefined ? Number.POSITIVE_INFINITY : count(name, options, "max_side_limit", 1);
  return (size) => {
    const scaled = times(size, ratioOf(length, size));
    const side = Math.max(scaled.width, scaled.height);
    const { width, height } = side > longest ? times(scaled, longest / side) : scaled;
    const near = (value: number): number => Math.max(stride, roundHalfToEven(value / stride) * stride);
    return { width: near(width), height: near(height) };
  };
}

function times({ width, height }: Size, ratio: number): Size {
  return { width: Math.trunc(width * ratio), height: Math.trunc(height * ratio) };
}

/** A very small picture in the corner of a black one. */
function padded(picture: BytePicture): BytePicture {
  if (picture.width + picture.height >= smallestSum) return picture;
  const canvas = blackPicture(Math.max(stride, picture.width), Math.max(stride, picture.height));
  pasteInto(canvas, picture);
  return canvas;
}
