import { intersectionArea } from "../geometry/intersection-area.js";
import { type Polygon, polygonArea } from "../geometry/polygon.js";
import { isValidPolygon } from "../geometry/valid-polygon.js";
import type { Metric } from "./metric.js";

/** A labelled region of a picture. */
export interface LabelledRegion {
  readonly points: Polygon;
  /** Whether it is a region that nobody has to find, such as text that cannot be read. */
  readonly ignore: boolean;
}

/** A region that was found; see `DetectedBox`. */
export interface FoundRegion {
  readonly points: Polygon;
}

/** What matching the regions of a picture gives. */
interface Matches {
  readonly matched: number;
  readonly found: number;
  readonly wanted: number;
}

/** A region matches a label that it shares more of than this share of what both cover. */
const leastOverlap = 0.5;
/** A region does not count when more than this share of it lies in one that nobody has to find. */
const mostIgnored = 0.5;

function isIgnored(region: Polygon, ignored: readonly Polygon[]): boolean {
  const area = polygonArea(region);
  return ignored.some((other) => intersectionArea(other, region) / area > mostIgnored);
}

/** What two polygons share, as a share of what both cover. */
function overlap(a: Polygon, b: Polygon): number {
  const shared = intersectionArea(a, b);
  return shared / (polygonArea(a) + polygonArea(b) - shared);
}

/** Each label takes the first region that matches it and is not taken yet, in the order of both. */
function match(found: readonly FoundRegion[], wanted: readonly LabelledRegion[]): Matches {
  const labels = wanted.filter(({ points }) => isValidPolygon(points));
  const ignored = labels.filter(({ ignore }) => ignore).map(({ points }) => points);
  const cared = labels.filter(({ ignore }) => !ignore).map(({ points }) => points);
  const regions = found.map(({ points }) => points).filter(isValidPolygon);
  const counted = regions.filter((region) => !isIgnored(region, ignored));
  const free = [...counted];
  for (const label of cared) {
    const first = free.findIndex((region) => overlap(label, region) > leastOverlap);
    if (first >= 0) free.splice(first, 1);
  }
  return { matched: counted.length - free.length, found: counted.length, wanted: cared.length };
}

/**
 * How well regions of text are found, over all pictures together: `precision` is the share of the found regions that
 * match a label, `recall` the share of the labels that are matched, `hmean` their harmonic mean; each is 0 where there
 * is nothing to divide by. Polygons that cross themselves or have no area do not count, on either side.
 * Source: det_metric.py, eval_det_iou.py (the protocol of ICDAR 2015).
 */
export class DetMetric implements Metric<readonly FoundRegion[], readonly LabelledRegion[]> {
  private matched = 0;
  private found = 0;
  private wanted = 0;
  private unusable = 0;

  /** @throws Error when there are not as many pictures on both sides */
  add(found: readonly (readonly FoundRegion[])[], wanted: readonly (readonly LabelledRegion[])[]): void {
    if (found.length !== wanted.length) {
      throw new Error(`DetMetric: regions found in ${found.length} pictures, labels of ${wanted.length}`);
    }
    for (const [i, regions] of found.entries()) {
      const matches = match(regions, wanted[i]);
      this.matched += matches.matched;
      this.found += matches.found;
      this.wanted += matches.wanted;
    }
  }

  /** Nobody knows how many regions such a picture has: `result` tells how many pictures there were, as `unusable`. */
  addUnusable(count: number): void {
    this.unusable += count;
  }

  result(): Record<string, number> {
    const precision = this.found === 0 ? 0 : this.matched / this.found;
    const recall = this.wanted === 0 ? 0 : this.matched / this.wanted;
    const hmean = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
    const values: Record<string, number> = { precision, recall, hmean };
    if (this.unusable > 0) values.unusable = this.unusable;
    return values;
  }

  reset(): void {
    this.matched = 0;
    this.found = 0;
    this.wanted = 0;
    this.unusable = 0;
  }

  counts(): number[] {
    return [this.matched, this.found, this.wanted, this.unusable];
  }

  setCounts([matched, found, wanted, unusable]: readonly number[]): void {
    this.matched = matched;
    this.found = found;
    this.wanted = wanted;
    this.unusable = unusable;
  }
}
