import type { Random } from "@retort/tensor/random";
import type { Point } from "../../../geometry/polygon.js";
import type { OpenCv } from "../../opencv.js";
import type { Options } from "../../options.js";
import type { BytePicture } from "../../picture.js";

/** A changed picture, and where its points have gone if they have moved. */
export interface Augmented {
  readonly picture: BytePicture;
  readonly move?: (point: Point) => Point;
}

/** Changes a picture at random. */
export type Augmenter = (cv: OpenCv, picture: BytePicture, random: Random) => Augmented;

/** The least and the greatest value that may be drawn. */
export type Range = readonly [least: number, greatest: number];

/**
 * Reads an option that is a number or [least, greatest], which a number is drawn from each time.
 * Throws an Error where it is neither, or `allowed` is false for one of both.
 */
export function readRange(
  what: string,
  options: Options,
  key: string,
  fallback?: Range,
  allowed: (value: number) => boolean = () => true,
): Range {
  const value = options[key] ?? fallback;
  const ends = typeof value === "number" ? [value, value] : value;
  const isRange = Array.isArray(ends) && ends.length === 2 && ends.every((end) => Number.isFinite(end) && allowed(end));
  if (!isRange || ends[0] > ends[1]) {
    throw new Error(`${what}.${key}: expected a number, or [least, greatest], found ${JSON.stringify(value)}`);
  }
  return [ends[0], ends[1]];
}

/** Draws a number, each equally likely. */
export function drawFrom([least, greatest]: Range, random: Random): number {
  return least + (greatest - least) * random.uniform();
}

/** An augmenter that changes a picture with probability `chance` only. */
export function sometimes(chance: number, augment: Augmenter): Augmenter {
  return (cv, picture, random) => (random.uniform() < chance ? augment(cv, picture, random) : { picture });
}
