/** A place in a picture, in pixels. */
export type Point = readonly [x: number, y: number];

/** The corners of a closed polygon; the last one is joined to the first. */
export type Polygon = readonly Point[];

/** The edges of a polygon, from each corner to the next. */
export function edgesOf(polygon: Polygon): [Point, Point][] {
  return polygon.map((point, i) => [point, polygon[(i + 1) % polygon.length]]);
}

/** Area by the shoelace formula, in square pixels; positive whichever way round the corners go. */
export function polygonArea(polygon: Polygon): number {
  if (polygon.length === 0) return 0;
  // Seen from the first corner, so that a small polygon far from the origin loses no digits.
  const [originX, originY] = polygon[0];
  let twice = 0;
  for (const [[ax, ay], [bx, by]] of edgesOf(polygon)) {
    twice += (ax - originX) * (by - originY) - (bx - originX) * (ay - originY);
  }
  return Math.abs(twice) / 2;
}

/** Sum of the lengths of all edges, in pixels. */
export function polygonLength(polygon: Polygon): number {
  return edgesOf(polygon).reduce((sum, [[ax, ay], [bx, by]]) => sum + Math.hypot(bx - ax, by - ay), 0);
}
