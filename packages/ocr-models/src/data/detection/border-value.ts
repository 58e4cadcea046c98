import { edgesOf, type Point, type Polygon } from "../../geometry/polygon.js";

/**
 * Distance of (x, y) from an edge as the reference measures it: from the line through the edge by the cosine rule, or
 * from the nearer end where that rule gives an obtuse angle. (Its cosine is that of the angle at (x, y) with the sign
 * turned round, so the end counts wherever the edge is seen under an acute angle.) Rounding gives NaN for some pixels
 * on the edge itself, as it does there.
 */
function edgeDistance(x: number, y: number, [ax, ay]: Point, [bx, by]: Point): number {
  const fromA = (x - ax) * (x - ax) + (y - ay) * (y - ay);
  const fromB = (x - bx) * (x - bx) + (y - by) * (y - by);
  const length = (ax - bx) * (ax - bx) + (ay - by) * (ay - by);
  const cosine = (length - fromA - fromB) / (2 * Math.sqrt(fromA * fromB));
  if (cosine < 0) return Math.sqrt(Math.min(fromA, fromB));
  const sine = 1 - cosine * cosine;
  return Math.sqrt((fromA * fromB * (Number.isNaN(sine) ? 0 : sine)) / length);
}

/**
 * How near the pixel (x, y) is to the border of a polygon: 1 on it, falling to 0 at `reach` pixels from it, in float32.
 * NaN where `edgeDistance` gives none. Source: make_border_map.py.
 */
export function borderValue(x: number, y: number, polygon: Polygon, reach: number): number {
  let nearest = 1;
  for (const [a, b] of edgesOf(polygon)) {
    // Math.min keeps NaN.
    nearest = Math.min(nearest, Math.fround(edgeDistance(x, y, a, b) / reach));
  }
  return Math.fround(1 - nearest);
}
