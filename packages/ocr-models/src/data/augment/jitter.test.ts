import { expect, test } from "vitest";
import { randomPicture, rowsOf } from "../../../../../fixtures/pictures.js";
import { shiftDiagonally } from "./jitter.js";

test.each([
  [7, 5],
  [5, 7],
  [1, 4],
  [4, 1],
])("a picture of %i x %i is laid over itself, one pixel further each time", (height, width) => {
  const source = randomPicture(height, width);
  const rows = rowsOf(source);
  const expected = rowsOf(source);
  for (let shift = 0; shift <= 9; shift++) {
    for (let y = shift; y < height; y++) {
      for (let x = shift; x < width; x++) expected[y][x] = rows[y - shift][x - shift];
    }
    expect(rowsOf(shiftDiagonally(source, shift)), `a shift of ${shift}`).toEqual(expected);
  }
  expect(rowsOf(source)).toEqual(rows);
});
