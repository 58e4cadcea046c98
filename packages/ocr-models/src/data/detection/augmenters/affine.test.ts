import { Random } from "@retort/tensor/random";
import { beforeAll, describe, expect, test } from "vitest";
import { randomPicture, rowsOf } from "../../../../../../fixtures/pictures.js";
import type { Point } from "../../../geometry/polygon.js";
import { loadOpenCv, type OpenCv } from "../../opencv.js";
import { type BytePicture, channels } from "../../picture.js";
import { affine, affineMatrix } from "./affine.js";
import type { Augmented } from "./augmenter.js";

let cv: OpenCv;
beforeAll(async () => {
  ({ cv } = await loadOpenCv());
});

const still = { rotate: 0, scale: 1, shear: 0, shiftX: 0, shiftY: 0 };

/** Where an augmenter says that a point has gone. */
function gone({ move }: Augmented, point: Point): Point {
  if (move === undefined) throw new Error("points have not moved");
  return move(point);
}

test("nothing asked for, nothing changed", () => {
  const picture = randomPicture(9, 13);
  const same = affine({})(cv, picture, new Random(0));
  expect(same.picture).toEqual(picture);
  expect(gone(same, [3, 4])).toEqual([3, 4]);
});

test("a quarter clockwise takes the rows of a square for its columns", () => {
  const picture = randomPicture(9, 9);
  const turned = affine({ rotate: 90 })(cv, picture, new Random(0));
  const rows = rowsOf(picture);
  const found = rowsOf(turned.picture);
  for (let y = 0; y < 9; y++) {
    for (let x = 0; x < 9; x++) {
      for (let c = 0; c < channels; c++) expect(Math.abs(found[y][x][c] - rows[8 - x][y][c])).toBeLessThanOrEqual(1);
    }
  }
  const [x, y] = gone(turned, [0, 0]);
  expect([x, y]).toEqual([expect.closeTo(8, 10), expect.closeTo(0, 10)]);
});

describe("the matrix", () => {
  const apply = (matrix: ReturnType<typeof affineMatrix>, [x, y]: Point): Point => {
    const [a, b, c, d, e, f] = matrix;
    return [a * x + b * y + c, d * x + e * y + f];
  };
  test("keeps the middle where it is, unless it is shifted", () => {
    const parts = { rotate: 33, scale: 1.7, shear: -12 };
    const [x, y] = apply(affineMatrix(21, 11, { ...still, ...parts }), [10, 5]);
    expect([x, y]).toEqual([expect.closeTo(10, 10), expect.closeTo(5, 10)]);
    const shifted = apply(affineMatrix(21, 11, { ...still, ...parts, shiftX: 3, shiftY: -2 }), [10, 5]);
    expect(shifted).toEqual([expect.closeTo(13, 10), expect.closeTo(3, 10)]);
  });
  test("scales distances and slants columns", () => {
    expect(apply(affineMatrix(21, 11, { ...still, scale: 2 }), [11, 6])).toEqual([12, 7]);
    // By 45 degrees a step down is one to the left as well, both shorter by the square root of 2.
    const [x, y] = apply(affineMatrix(21, 11, { ...still, shear: 45 }), [10, 6]);
    expect([x, y]).toEqual([expect.closeTo(10 - Math.SQRT1_2, 10), expect.closeTo(5 + Math.SQRT1_2, 10)]);
  });
});

/** A black picture with a white square of 5 x 5 pixels around (x, y). */
function dot(x: number, y: number): BytePicture {
  const picture = { data: new Uint8Array(60 * 80 * channels), width: 80, height: 60 };
  for (let row = y - 2; row <= y + 2; row++) {
    picture.data.fill(255, (row * 80 + x - 2) * channels, (row * 80 + x + 3) * channels);
  }
  return picture;
}

/** The middle of what is white. */
function middleOf({ data, width }: BytePicture): Point {
  let [sum, sumX, sumY] = [0, 0, 0];
  for (let i = 0; i < data.length; i += channels) {
    const pixel = i / channels;
    sum += data[i];
    sumX += data[i] * (pixel % width);
    sumY += data[i] * Math.floor(pixel / width);
  }
  return [sumX / sum, sumY / sum];
}

test("points go where the pixels go", () => {
  const augment = affine({ rotate: [-30, 30], scale: [0.7, 1.2], shear: [-10, 10], translate_percent: [-0.1, 0.1] });
  for (let seed = 0; seed < 20; seed++) {
    const moved = augment(cv, dot(45, 25), new Random(seed));
    const [x, y] = gone(moved, [45, 25]);
    const [foundX, foundY] = middleOf(moved.picture);
    expect(Math.hypot(x - foundX, y - foundY)).toBeLessThan(0.1);
  }
});

test.each([
  [{ rotate: "10" }, "Affine.rotate: expected a number, or [least, greatest]"],
  [{ scale: [0, 1] }, "Affine.scale"],
  [{ shear: 90 }, "Affine.shear"],
  [{ rotation: 5 }, 'Affine: unknown option "rotation"; did you mean "rotate"?'],
])("%j is an error", (options, message) => expect(() => affine(options)).toThrow(message));
