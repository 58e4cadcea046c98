import { fillPolygons } from "./fill-polygons.js";
import type { Point, Polygon } from "./polygon.js";

/** Numbers by pixel, row by row. */
export interface NumberMap {
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** The first and the last pixel that a polygon may touch along one axis of `length` pixels. */
function span(polygon: Polygon, axis: 0 | 1, length: number): [number, number] {
  const all = polygon.map((point) => point[axis]);
  const held = (value: number): number => Math.min(Math.max(value, 0), length - 1);
  return [held(Math.floor(Math.min(...all))), held(Math.ceil(Math.max(...all)))];
}

/**
 * Mean of the numbers within a polygon, its edges included, as far as it lies in the map; 0 where there is none.
 * Corners are cut to pixels as the reference cuts them, in float32 from the polygon's own corner of the map; pixels are
 * chosen by `fillPolygons`. Source: db_postprocess.py box_score_fast and box_score_slow.
 */
export function meanWithin({ data, height, width }: NumberMap, polygon: Polygon): number {
  const [left, right] = span(polygon, 0, width);
  const [top, bottom] = span(polygon, 1, height);
  const shape = { height: bottom - top + 1, width: right - left + 1 };
  const moved = polygon.map(([x, y]): Point => [Math.fround(x - left), Math.fround(y - top)]);
  const empty = { data: new Uint8Array(shape.height * shape.width), ...shape };
  const mask = fillPolygons(empty, [moved], 1).data;
  let [sum, count] = [0, 0];
  for (let row = 0; row < shape.height; row++) {
    const start = (top + row) * width + left;
    for (let column = 0; column < shape.width; column++) {
      if (mask[row * shape.width + column] === 0) continue;
      sum += data[start + column];
      count++;
    }
  }
  return count === 0 ? 0 : sum * (1 / count);
}
