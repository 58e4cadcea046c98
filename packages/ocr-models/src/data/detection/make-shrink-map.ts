import { fillPolygons } from "../../geometry/fill-polygons.js";
import { offsetPolygon } from "../../geometry/offset-polygon.js";
import { type Polygon, polygonArea, polygonLength } from "../../geometry/polygon.js";
import { checkOptions, count, type Options } from "../options.js";
import { pictureOf, regionsOf, type Transform, withFields } from "../sample.js";
import { moveCorners, type Region } from "./region.js";
import { readShrinkRatio } from "./shrink-ratio.js";

/**
 * `MakeShrinkMap`: what the probability of a DB network learns. Gives `shrink_map` [height, width], 1 in the regions
 * shrunk by area * (1 - shrink_ratio^2) / circumference, and `shrink_mask`, 0 in regions to ignore. To ignore are from
 * here on also those narrower or lower than `min_text_size` (8 pixels), those without area, and those of which nothing
 * is left. Regions are cut at the edges of the picture. One that falls into parts, or disappears, is shrunk less: by the
 * multiples of the ratio below 1, up to the first that gives one part.
 * Source: Liao et al. 2020 (Real-time Scene Text Detection with Differentiable Binarization); make_shrink_map.py.
 */
export function makeShrinkMap(options: Options): Transform {
  checkOptions("MakeShrinkMap", options, ["shrink_ratio", "min_text_size", "total_epoch"]);
  const ratioIn = readShrinkRatio("MakeShrinkMap", options);
  const smallest = count("MakeShrinkMap", options, "min_text_size", 8);
  return (sample, { epoch }) => {
    const { width, height } = pictureOf("MakeShrinkMap", sample);
    const ratio = ratioIn(epoch);
    const shrunken = cutRegions(regionsOf("MakeShrinkMap", sample), width, height).map((region) => {
      const parts = isUsable(region, smallest) ? shrink(region.points, ratio) : [];
      return { region: { ...region, ignore: parts.length === 0 }, parts };
    });
    const regions = shrunken.map(({ region }) => region);
    const filled = (value: 0 | 1, polygons: readonly Polygon[]): Float32Array => {
      const rest = { data: new Uint8Array(width * height).fill(1 - value), width, height };
      return Float32Array.from(fillPolygons(rest, polygons, value).data);
    };
    const ignored = regions.filter(({ ignore }) => ignore).map(({ points }) => points);
    const shape = [height, width];
    return withFields(
      { ...sample, regions },
      {
        shrink_map: {
          data: filled(
            1,
            shrunken.flatMap(({ parts }) => parts),
          ),
          shape,
        },
        shrink_mask: { data: filled(0, ignored), shape },
      },
    );
  };
}

/** Regions with the corners that lie outside of the picture moved to its edge. */
function cutRegions(regions: readonly Region[], width: number, height: number): Region[] {
  const held = (value: number, limit: number): number => Math.min(Math.max(value, 0), limit);
  return moveCorners(regions, ([x, y]) => [held(x, width - 1), held(y, height - 1)]);
}

function isUsable({ points, ignore }: Region, smallest: number): boolean {
  const span = (axis: 0 | 1): number => {
    const all = points.map((point) => point[axis]);
    return Math.max(...all) - Math.min(...all);
  };
  return !ignore && polygonArea(points) >= 1 && Math.min(span(0), span(1)) >= smallest;
}

/** What is left of a polygon; the parts of the last try where none gives one part. */
function shrink(polygon: Polygon, ratio: number): Polygon[] {
  const [area, length] = [polygonArea(polygon), polygonLength(polygon)];
  const tries = Math.ceil((1 - ratio) / ratio);
  let parts: Polygon[] = [];
  for (let i = 1; i <= tries && parts.length !== 1; i++) {
    const tried = i * ratio;
    parts = offsetPolygon(polygon, (-area * (1 - tried * tried)) / length);
  }
  return parts;
}
