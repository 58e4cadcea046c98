import type { Point } from "../../../geometry/polygon.js";
import { throughOpenCv } from "../../opencv.js";
import { checkOptions, type Options } from "../../options.js";
import { type Augmenter, drawFrom, readRange } from "./augmenter.js";

/** x' = a x + b y + c and y' = d x + e y + f. */
type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** What an affine map does; angles in degrees. */
export interface AffineParts {
  readonly rotate: number;
  readonly scale: number;
  readonly shear: number;
  readonly shiftX: number;
  readonly shiftY: number;
}

/**
 * `Affine`: turns pictures clockwise by `rotate` degrees (0), multiplies them by `scale` (1), slants them by `shear`
 * degrees (0), all about their middle, and shifts them by `translate_percent` (0) of their width and of their height.
 * The size stays; what comes from outside is black. Colours are interpolated between four pixels.
 */
export function affine(options: Options): Augmenter {
  checkOptions("Affine", options, ["rotate", "scale", "shear", "translate_percent"]);
  const rotate = readRange("Affine", options, "rotate", [0, 0]);
  const scale = readRange("Affine", options, "scale", [1, 1], (value) => value > 0);
  const shear = readRange("Affine", options, "shear", [0, 0], (value) => Math.abs(value) < 90);
  const shift = readRange("Affine", options, "translate_percent", [0, 0]);
  return (cv, picture, random) => {
    const { width, height } = picture;
    const matrix = affineMatrix(width, height, {
      rotate: drawFrom(rotate, random),
      scale: drawFrom(scale, random),
      shear: drawFrom(shear, random),
      shiftX: drawFrom(shift, random) * width,
      shiftY: drawFrom(shift, random) * height,
    });
    const values = cv.matFromArray(2, 3, cv.CV_64F, matrix);
    try {
      const data = throughOpenCv(cv, picture, (source, target) =>
        cv.warpAffine(source, target, values, new cv.Size(width, height), cv.INTER_LINEAR, cv.BORDER_CONSTANT),
      );
      return { picture: { data, width, height }, move: mover(matrix) };
    } finally {
      values.delete();
    }
  };
}

/** The matrix that does all parts about the middle of a picture, from its pixels to those of the result. */
export function affineMatrix(width: number, height: number, parts: AffineParts): Matrix {
  const [turn, slant] = [parts.rotate, parts.rotate + parts.shear].map((degrees) => (degrees * Math.PI) / 180);
  const [a, b] = [parts.scale * Math.cos(turn), -parts.scale * Math.sin(slant)];
  const [d, e] = [parts.scale * Math.sin(turn), parts.scale * Math.cos(slant)];
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  return [
    a,
    b,
    middleX + parts.shiftX - a * middleX - b * middleY,
    d,
    e,
    middleY + parts.shiftY - d * middleX - e * middleY,
  ];
}

function mover([a, b, c, d, e, f]: Matrix): (point: Point) => Point {
  return ([x, y]) => [a * x + b * y + c, d * x + e * y + f];
}
