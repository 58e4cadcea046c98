import type { Point, Polygon } from "../../geometry/polygon.js";
import { type Mat, type OpenCv, throughOpenCv } from "../opencv.js";
import type { BytePicture } from "../picture.js";
import { rotatePicture } from "./rotate-picture.js";

/** Pictures that are at least so many times as high as wide hold text that runs down. */
const upright = 1.5;

/**
 * A region of four corners (top left, top right, bottom right, bottom left) as an upright picture: as wide and as high
 * as the longer of its opposite sides, warped by cubic interpolation, turned a quarter counter-clockwise where that is
 * high and narrow. Undefined where a side is shorter than a pixel. Source: `get_rotate_crop_image` of the reference.
 */
export function cropRegion(cv: OpenCv, picture: BytePicture, corners: Polygon): BytePicture | undefined {
  const [topLeft, topRight, bottomRight, bottomLeft] = corners;
  const width = Math.trunc(Math.max(distance(topLeft, topRight), distance(bottomRight, bottomLeft)));
  const height = Math.trunc(Math.max(distance(topLeft, bottomLeft), distance(topRight, bottomRight)));
  if (width < 1 || height < 1) return undefined;
  const target: Polygon = [
    [0, 0],
    [width, 0],
    [width, height],
    [0, height],
  ];
  const crop = { data: warped(cv, picture, corners, target), width, height };
  return height / width >= upright ? rotatePicture(crop, 90) : crop;
}

function distance([ax, ay]: Point, [bx, by]: Point): number {
  return Math.hypot(ax - bx, ay - by);
}

/** The pixels of a picture whose corner `from[k]` comes to lie at `to[k]`; `to[2]` says how large the result is. */
function warped(cv: OpenCv, picture: BytePicture, from: Polygon, to: Polygon): Uint8Array {
  const made: Mat[] = [];
  const keep = (matrix: Mat): Mat => {
    made.push(matrix);
    return matrix;
  };
  try {
    const [source, target] = [from, to].map((points) => keep(cv.matFromArray(4, 1, cv.CV_32FC2, points.flat())));
    const matrix = keep(cv.getPerspectiveTransform(source, target));
    const size = new cv.Size(...to[2]);
    return throughOpenCv(cv, picture, (pixels, result) =>
      cv.warpPerspective(pixels, result, matrix, size, cv.INTER_CUBIC, cv.BORDER_REPLICATE),
    );
  } finally {
    for (const matrix of made) matrix.delete();
  }
}
