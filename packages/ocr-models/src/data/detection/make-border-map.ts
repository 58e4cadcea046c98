import { fillPolygons } from "../../geometry/fill-polygons.js";
import { offsetPolygon } from "../../geometry/offset-polygon.js";
import { type Polygon, polygonArea, polygonLength } from "../../geometry/polygon.js";
import { checkOptions, type Options, probability } from "../options.js";
import { pictureOf, regionsOf, type Transform, withFields } from "../sample.js";
import { borderValue } from "./border-value.js";
import { readShrinkRatio } from "./shrink-ratio.js";

/** Numbers by pixel, row by row. */
interface Canvas {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** What is known of the border of a region. */
interface Border {
  readonly polygon: Polygon;
  /** How far it reaches, in pixels: as far as MakeShrinkMap goes inwards. */
  readonly reach: number;
  /** The region grown by that. */
  readonly grown: Polygon;
}

/**
 * `MakeBorderMap`: what the threshold of a DB network learns. Gives `threshold_map` [height, width], which falls from
 * `thresh_max` (0.7) on the borders of the regions to `thresh_min` (0.3) at a distance from them, by which MakeShrinkMap
 * shrinks them, and `threshold_mask`, 1 in the regions grown by that distance. Regions to ignore have no border here.
 * Source: Liao et al. 2020 (Real-time Scene Text Detection with Differentiable Binarization); make_border_map.py.
 */
export function makeBorderMap(options: Options): Transform {
  checkOptions("MakeBorderMap", options, ["shrink_ratio", "thresh_min", "thresh_max", "total_epoch"]);
  const ratioIn = readShrinkRatio("MakeBorderMap", options);
  const least = probability("MakeBorderMap", options, "thresh_min", 0.3);
  const range = probability("MakeBorderMap", options, "thresh_max", 0.7) - least;
  if (range <= 0) throw new Error(`MakeBorderMap: thresh_max has to be above thresh_min, which is ${least}`);
  const scaled = (value: number): number => Math.fround(value * Math.fround(range)) + Math.fround(least);
  return (sample, { epoch }) => {
    const { width, height } = pictureOf("MakeBorderMap", sample);
    const regions = regionsOf("MakeBorderMap", sample).filter(({ ignore }) => !ignore);
    const borders = regions.flatMap(({ points }) => borderOf(points, ratioIn(epoch)) ?? []);
    const canvas = { data: new Float32Array(width * height), width, height };
    for (const border of borders) drawBorder(canvas, border);
    const empty = { data: new Uint8Array(width * height), width, height };
    const mask = fillPolygons(
      empty,
      borders.map(({ grown }) => grown),
      1,
    );
    const shape = [height, width];
    return withFields(sample, {
      threshold_map: { data: canvas.data.map(scaled), shape },
      threshold_mask: { data: Float32Array.from(mask.data), shape },
    });
  };
}

/** The border of a region; undefined where it has no area, or none between whole pixels. */
function borderOf(polygon: Polygon, ratio: number): Border | undefined {
  const area = polygonArea(polygon);
  if (area === 0) return undefined;
  const reach = (area * (1 - ratio * ratio)) / polygonLength(polygon);
  const [grown] = offsetPolygon(polygon, reach);
  return grown && { polygon, reach, grown };
}

/** Where a border lies over others, the highest value counts. */
function drawBorder({ data, width, height }: Canvas, { polygon, reach, grown }: Border): void {
  const xs = grown.map(([x]) => x);
  const ys = grown.map(([, y]) => y);
  const right = Math.min(width - 1, Math.max(...xs));
  const bottom = Math.min(height - 1, Math.max(...ys));
  for (let y = Math.max(0, Math.min(...ys)); y <= bottom; y++) {
    for (let x = Math.max(0, Math.min(...xs)); x <= right; x++) {
      const value = borderValue(x, y, polygon, reach);
      if (value > data[y * width + x]) data[y * width + x] = value;
    }
  }
}
