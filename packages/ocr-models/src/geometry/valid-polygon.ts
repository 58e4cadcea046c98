import { edgesOf, type Point, type Polygon } from "./polygon.js";

type Edge = readonly [Point, Point];

/** Positive where a, b, c turn left, negative where they turn right, 0 on a line. */
function turn([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point): number {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
}

/** Whether a point on the line through an edge lies on the edge. */
function within([a, b]: Edge, point: Point): boolean {
  return [0, 1].every((axis) => Math.min(a[axis], b[axis]) <= point[axis] && point[axis] <= Math.max(a[axis], b[axis]));
}

/** Whether two edges have a point in common. */
function meet(first: Edge, second: Edge): boolean {
  const sides = second.map((point) => Math.sign(turn(...first, point)));
  const others = first.map((point) => Math.sign(turn(...second, point)));
  if (sides[0] !== sides[1] && others[0] !== others[1]) return true;
  return (
    second.some((point, i) => sides[i] === 0 && within(first, point)) ||
    first.some((point, i) => others[i] === 0 && within(second, point))
  );
}

/** Whether an edge goes back over the one before it. */
function turnsBack([a, b]: Edge, [, c]: Edge): boolean {
  return turn(a, b, c) === 0 && (a[0] - b[0]) * (c[0] - b[0]) + (a[1] - b[1]) * (c[1] - b[1]) > 0;
}

/**
 * Whether a polygon encloses one area: it has three corners or more, and its edges meet nowhere but at the corners
 * where they follow each other. A corner may be repeated. What is not valid here is not valid in the reference's
 * shapely either.
 */
export function isValidPolygon(polygon: Polygon): boolean {
  const edges = edgesOf(polygon).filter(([a, b]) => a[0] !== b[0] || a[1] !== b[1]);
  const count = edges.length;
  if (count < 3) return false;
  return edges.every((edge, i) => {
    if (turnsBack(edge, edges[(i + 1) % count])) return false;
    const last = i === 0 ? count - 1 : count;
    return edges.slice(i + 2, last).every((other) => !meet(edge, other));
  });
}
