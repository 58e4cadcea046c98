import type { Polygon } from "../../geometry/polygon.js";

/** A part of a picture, in pixels. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The least and the greatest coordinate of a polygon along one axis, 0 being x. */
export function spanOf(polygon: Polygon, axis: 0 | 1): [number, number] {
  const all = polygon.map((point) => point[axis]);
  return [Math.min(...all), Math.max(...all)];
}

/** Whether the upright box around a polygon lies outside of an area; touching it is not outside. */
export function liesOutside(polygon: Polygon, { left, top, width, height }: Area): boolean {
  const [leastX, greatestX] = spanOf(polygon, 0);
  const [leastY, greatestY] = spanOf(polygon, 1);
  return greatestX < left || leastX > left + width || greatestY < top || leastY > top + height;
}
