import { expect, test } from "vitest";
import { randomPicture, rowsOf } from "../../../../../fixtures/pictures.js";
import { loadOpenCv } from "../opencv.js";
import { blur } from "./blur.js";

/** exp(-x^2 / 2) at x = -2 ... 2, over their sum. */
const weights = [0.05448868, 0.24420134, 0.40261995, 0.24420134, 0.05448868];

/** The place that `i` stands for beside the border: mirrored at the middle of the first and the last pixel. */
function mirrored(i: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const place = ((i % period) + period) % period;
  return place < length ? place : period - place;
}

test.each([
  [12, 17],
  [3, 4],
  [1, 5],
  [1, 1],
])("a picture of %i x %i has the weighted means of 5 x 5 pixels", async (height, width) => {
  const { cv } = await loadOpenCv();
  const source = randomPicture(height, width);
  const rows = rowsOf(source);
  const expected = rows.map((row, y) =>
    row.map((_, x) =>
      [0, 1, 2].map((channel) => {
        let sum = 0;
        for (let dy = -2; dy <= 2; dy++) {
          for (let dx = -2; dx <= 2; dx++) {
            sum += weights[dy + 2] * weights[dx + 2] * rows[mirrored(y + dy, height)][mirrored(x + dx, width)][channel];
          }
        }
        return Math.round(sum);
      }),
    ),
  );
  expect(rowsOf(blur(cv, source))).toEqual(expected);
  expect(rowsOf(source)).toEqual(rows);
});
