import clipper from "clipper-lib";
import type { Point, Polygon } from "./polygon.js";

/**
 * A polygon grown by `distance` pixels, or shrunk where it is negative, with round corners: the polygons that come of
 * it, of which there may be several or none. Corners are cut to integers first, and the result has integer ones, as
 * with the reference's pyclipper (its defaults: arcs within a quarter of a pixel).
 * Source: Angus Johnson's Clipper 6, `ClipperOffset` with `jtRound` and `etClosedPolygon`.
 */
export function offsetPolygon(polygon: Polygon, distance: number): Point[][] {
  const offset = new clipper.ClipperOffset();
  const path = polygon.map(([x, y]) => ({ X: Math.trunc(x), Y: Math.trunc(y) }));
  offset.AddPath(path, clipper.JoinType.jtRound, clipper.EndType.etClosedPolygon);
  const grown = new clipper.Paths();
  offset.Execute(grown, distance);
  return grown.map((points) => points.map(({ X, Y }): Point => [X, Y]));
}
