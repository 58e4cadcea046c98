import type { OpenCv } from "../data/opencv.js";
import { roundHalfToEven } from "../data/round.js";
import type { Bitmap } from "../geometry/bitmap.js";
import { findContours, simplifyContour } from "../geometry/contours.js";
import { dilate } from "../geometry/dilate.js";
import { meanWithin, type NumberMap } from "../geometry/mean-within.js";
import { miniBox } from "../geometry/mini-box.js";
import { offsetPolygon } from "../geometry/offset-polygon.js";
import { type Point, type Polygon, polygonArea, polygonLength } from "../geometry/polygon.js";
import { checkCount } from "./reading.js";

/** How text is cut out of probability maps. Defaults are those of the reference's class. */
export interface DbPostProcessOptions {
  /** A pixel is text above this probability. Default 0.3. */
  readonly thresh?: number;
  /** A box needs at least this mean probability. Default 0.7. */
  readonly boxThresh?: number;
  /** How many outlines are looked at, in OpenCV's order. Default 1000. */
  readonly maxCandidates?: number;
  /** A box grows by its area times this, divided by its length. Default 2. */
  readonly unclipRatio?: number;
  /** Whether the probability is averaged over the box or over what its outline encloses. Default "fast": the box. */
  readonly scoreMode?: "fast" | "slow";
  /** Boxes of four corners, or polygons of as many as it takes. Default "quad". */
  readonly boxType?: "quad" | "poly";
  /** Whether text spreads by a pixel to the right and downwards first. Default false. */
  readonly useDilation?: boolean;
}

/** A place where text was found. */
export interface DetectedBox {
  /** Corners in pixels of the source picture, whole numbers; of a quad: top left, top right, bottom right, bottom left. */
  readonly points: Polygon;
  /** Mean probability within. */
  readonly score: number;
}

/** Height and width of the picture before it was resized for the network. */
export type SourceSize = readonly [height: number, width: number];

const minSide = 3;
const minGrownSide = 5;
const polygonTolerance = 0.002;

/** The nearest whole number from 0 to `limit`. */
const held = (value: number, limit: number): number => Math.min(Math.max(roundHalfToEven(value), 0), limit);

/** Where a map is above a probability, which is compared in float32 as in the reference. */
function above({ data, height, width }: NumberMap, probability: number): Bitmap {
  const limit = Math.fround(probability);
  const text = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) text[i] = data[i] > limit ? 1 : 0;
  return { data: text, height, width };
}

/**
 * Boxes around text, from the probability maps of a DB network: outlines of what is above a threshold, the smallest
 * rectangle around each, grown again by what the training targets were shrunk by. Unlike the reference's, boxes keep
 * their scores.
 * Source: Liao et al. 2020 (Real-time Scene Text Detection with Differentiable Binarization); db_postprocess.py.
 */
export class DbPostProcess {
  private readonly cv: OpenCv;
  private readonly options: Required<DbPostProcessOptions>;

  /** `cv` comes from `loadOpenCv` of `@retort/ocr-models/data`. */
  constructor(cv: OpenCv, options: DbPostProcessOptions = {}) {
    this.cv = cv;
    this.options = {
      thresh: options.thresh ?? 0.3,
      boxThresh: options.boxThresh ?? 0.7,
      maxCandidates: options.maxCandidates ?? 1000,
      unclipRatio: options.unclipRatio ?? 2,
      scoreMode: options.scoreMode ?? "fast",
      boxType: options.boxType ?? "quad",
      useDilation: options.useDilation ?? false,
    };
  }

  /**
   * The boxes of each picture, from maps [batch, channels, height, width] of which the first channel is read, and the
   * pictures' sizes.
   * @throws Error when the numbers of values or sizes do not fit the shape
   */
  decode(
    maps: Float32Array,
    shape: readonly [batch: number, channels: number, height: number, width: number],
    sizes: readonly SourceSize[],
  ): DetectedBox[][] {
    checkCount("probability maps", maps.length, shape);
    const [batch, channels, height, width] = shape;
    if (sizes.length !== batch) throw new Error(`DbPostProcess: ${sizes.length} sizes for ${batch} pictures`);
    const area = height * width;
    return sizes.map((size, i) => {
      const start = i * channels * area;
      return this.boxesOf({ data: maps.subarray(start, start + area), height, width }, size);
    });
  }

  private boxesOf(map: NumberMap, size: SourceSize): DetectedBox[] {
    const { thresh, maxCandidates, useDilation, boxType } = this.options;
    const text = above(map, thresh);
    const contours = findContours(this.cv, useDilation ? dilate(this.cv, text) : text, maxCandidates);
    return contours.flatMap((contour) => {
      const found = boxType === "quad" ? this.quad(contour, map, size) : this.polygon(contour, map, size);
      return found ?? [];
    });
  }

  private quad(contour: Polygon, map: NumberMap, [height, width]: SourceSize): DetectedBox | undefined {
    const { corners, side } = miniBox(this.cv, contour);
    if (side < minSide) return undefined;
    const score = meanWithin(map, this.options.scoreMode === "fast" ? corners : contour);
    const grown = score < this.options.boxThresh ? undefined : this.grown(corners);
    if (grown === undefined) return undefined;
    const box = miniBox(this.cv, grown);
    if (box.side < minGrownSide) return undefined;
    // The reference scales the corners in float32.
    const scaled = (value: number, from: number, to: number): number =>
      held(Math.fround(Math.fround(value / from) * to), to);
    const points = box.corners.map(([x, y]): Point => [scaled(x, map.width, width), scaled(y, map.height, height)]);
    return { points, score };
  }

  private polygon(contour: Polygon, map: NumberMap, [height, width]: SourceSize): DetectedBox | undefined {
    const corners = simplifyContour(this.cv, contour, polygonTolerance);
    if (corners.length < 4) return undefined;
    const score = meanWithin(map, corners);
    const grown = score < this.options.boxThresh ? undefined : this.grown(corners);
    if (grown === undefined || miniBox(this.cv, grown).side < minGrownSide) return undefined;
    const points = grown.map(
      ([x, y]): Point => [held((x / map.width) * width, width), held((y / map.height) * height, height)],
    );
    return { points, score };
  }

  /** The polygon grown by what it was shrunk by; undefined where that is not one polygon. */
  private grown(polygon: Polygon): Polygon | undefined {
    const distance = (polygonArea(polygon) * this.options.unclipRatio) / polygonLength(polygon);
    const all = offsetPolygon(polygon, distance);
    return all.length === 1 ? all[0] : undefined;
  }
}
