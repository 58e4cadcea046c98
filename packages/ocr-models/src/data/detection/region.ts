import type { Point, Polygon } from "../../geometry/polygon.js";
import type { Field } from "../picture.js";

/** A labelled region of a picture. */
export interface Region {
  /** Its corners, in pixels of the picture. */
  readonly points: Polygon;
  readonly text: string;
  /** Whether nobody has to find it, since its text cannot be read. */
  readonly ignore: boolean;
}

/** Regions with every corner moved. */
export function moveCorners(regions: readonly Region[], move: (point: Point) => Point): Region[] {
  return regions.map((region) => ({ ...region, points: region.points.map(move) }));
}

/**
 * Regions as fields of a batch, by the reference's names: `polys` [regions, corners, 2], where the last corner of those
 * with fewer corners is repeated, and `ignore_tags` [regions], 1 for what nobody has to find.
 */
export function regionFields(regions: readonly Region[]): Record<"polys" | "ignore_tags", Field> {
  const corners = Math.max(0, ...regions.map(({ points }) => points.length));
  const coordinates = regions.flatMap(({ points }) =>
    Array.from({ length: corners }, (_, i) => points[Math.min(i, points.length - 1)]).flat(),
  );
  return {
    polys: { data: Float32Array.from(coordinates), shape: [regions.length, corners, 2] },
    ignore_tags: { data: Int32Array.from(regions, ({ ignore }) => (ignore ? 1 : 0)), shape: [regions.length] },
  };
}
