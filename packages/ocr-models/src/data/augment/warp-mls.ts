import { type BytePicture, channels } from "../picture.js";

/** A place in a picture: [x, y] in pixels from the upper left corner. */
export type Point = readonly [x: number, y: number];

/** What a warp moves: the pixel at `from[k]` comes to lie at `to[k]`. */
export interface ControlPoints {
  from: readonly Point[];
  to: readonly Point[];
}

/** Displacements are computed at every so many pixels, and at the last one. */
const spacing = 100;

/**
 * Warps a picture by moving least squares with similarities (Schaefer, McPhail and Warren, "Image deformation using
 * moving least squares", 2006); the size stays. As in the reference's `WarpMLS`, displacements are exact at the nodes
 * of a grid of 100 pixels and interpolated between them (up to the last column and row as if their nodes lay one pixel
 * further), colours are interpolated between four pixels and cut to integers, and what lies outside has the colour of
 * the border. There are at least three control points, no two of them moved to one place.
 */
export function warpMls(picture: BytePicture, points: ControlPoints): BytePicture {
  const { width, height } = picture;
  const columns = nodesOf(width);
  const rows = nodesOf(height);
  const nodes = rows.map((y) => columns.map((x) => displacement(x, y, points)));
  const data = new Uint8Array(picture.data.length);
  for (let r = 0; r + 1 < rows.length; r++) {
    for (let c = 0; c + 1 < columns.length; c++) {
      const corners = [nodes[r][c], nodes[r][c + 1], nodes[r + 1][c], nodes[r + 1][c + 1]] as const;
      warpBlock(picture, data, columns[c], rows[r], corners);
    }
  }
  return { data, width, height };
}

/** Where the blocks of an axis begin, and its last pixel. */
function nodesOf(length: number): number[] {
  const starts = Array.from({ length: Math.ceil(length / spacing) }, (_, i) => i * spacing);
  return [...starts, length - 1];
}

/**
 * How far from (x, y) the pixel lies that comes there. The reference computes partly in float32, which shows in the
 * pixels: hence the rounding. As there, a last control point that lies at (x, y) is passed over.
 */
function displacement(x: number, y: number, { from, to }: ControlPoints): Point {
  const found = to.findIndex(([toX, toY]) => toX === x && toY === y);
  if (found >= 0 && found < to.length - 1) return [from[found][0] - x, from[found][1] - y];
  const weights = Float32Array.from(to, ([toX, toY], k) =>
    k === found ? 0 : 1 / ((x - toX) * (x - toX) + (y - toY) * (y - toY)),
  );
  const part = Math.fround(1 / weights.reduce((sum, weight) => Math.fround(sum + weight), 0));
  const mean = (points: readonly Point[], axis: 0 | 1): number =>
    part * points.reduce((sum, point, k) => sum + weights[k] * point[axis], 0);
  const [toX, toY] = [mean(to, 0), mean(to, 1)];
  const spread = to.reduce((sum, [px, py], k) => {
    return sum + weights[k] * ((px - toX) * (px - toX) + (py - toY) * (py - toY));
  }, 0);
  const [dx, dy] = [Math.fround(x - toX), Math.fround(y - toY)];
  let [sourceX, sourceY] = [0, 0];
  for (let k = 0; k < to.length; k++) {
    const [px, py] = [to[k][0] - toX, to[k][1] - toY];
    const [along, across] = [px * dx + py * dy, px * dy - py * dx];
    const factor = weights[k] / spread;
    const [fromX, fromY] = from[k];
    sourceX = Math.fround(sourceX + Math.fround(Math.fround(along * fromX - across * fromY) * factor));
    sourceY = Math.fround(sourceY + Math.fround(Math.fround(across * fromX + along * fromY) * factor));
  }
  return [Math.fround(Math.fround(sourceX + mean(from, 0)) - x), Math.fround(Math.fround(sourceY + mean(from, 1)) - y)];
}

/** Displacements at the corners of a block: upper left, upper right, lower left, lower right. */
type Corners = readonly [Point, Point, Point, Point];

/** Fills one block of `target`, at most 100 pixels wide and high. */
function warpBlock(picture: BytePicture, target: Uint8Array, left: number, top: number, corners: Corners): void {
  const width = Math.min(spacing, picture.width - left);
  const height = Math.min(spacing, picture.height - top);
  const [upperX, upperY] = edge(corners[0], corners[1], width);
  const [lowerX, lowerY] = edge(corners[2], corners[3], width);
  for (let row = 0; row < height; row++) {
    const below = row / height;
    const above = 1 - below;
    let to = ((top + row) * picture.width + left) * channels;
    for (let column = 0; column < width; column++, to += channels) {
      const x = left + column + (upperX[column] * above + lowerX[column] * below);
      const y = top + row + (upperY[column] * above + lowerY[column] * below);
      copyPixel(picture, x, y, target, to);
    }
  }
}

/** The displacements along the upper or the lower edge of a block, by axis. */
function edge(start: Point, end: Point, width: number): [Float64Array, Float64Array] {
  const axis = (i: 0 | 1): Float64Array =>
    Float64Array.from({ length: width }, (_, k) => start[i] * (1 - k / width) + end[i] * (k / width));
  return [axis(0), axis(1)];
}

/** Writes the colour at (x, y), interpolated, to `target[to ...]`. */
function copyPixel({ data, width, height }: BytePicture, x: number, y: number, target: Uint8Array, to: number): void {
  const insideX = Math.min(Math.max(x, 0), width - 1);
  const insideY = Math.min(Math.max(y, 0), height - 1);
  const left = Math.floor(insideX);
  const upper = Math.floor(insideY);
  const right = insideX - left;
  const lower = insideY - upper;
  const step = right > 0 ? channels : 0;
  const first = (upper * width + left) * channels;
  const below = lower > 0 ? first + width * channels : first;
  for (let c = 0; c < channels; c++) {
    const above = data[first + c] * (1 - right) + data[first + step + c] * right;
    const under = data[below + c] * (1 - right) + data[below + step + c] * right;
    target[to + c] = Math.fround(above * (1 - lower) + under * lower);
  }
}
