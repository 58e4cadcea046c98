import { expect, test } from "vitest";
import { randomPicture, rowsOf } from "../../../../../fixtures/pictures.js";
import { cropRows } from "./crop.js";

test("rows go above or below, the others stay as they are", () => {
  const source = randomPicture(20, 7);
  const rows = rowsOf(source);
  for (let count = 1; count <= 8; count++) {
    const above = cropRows(source, count, true);
    expect([above.height, above.width]).toEqual([20 - count, 7]);
    expect(rowsOf(above)).toEqual(rows.slice(count));
    expect(rowsOf(cropRows(source, count, false))).toEqual(rows.slice(0, 20 - count));
  }
});

test("one row stays", () => {
  const source = randomPicture(3, 2);
  expect(rowsOf(cropRows(source, 8, true))).toEqual(rowsOf(source).slice(2));
  expect(rowsOf(cropRows(source, 8, false))).toEqual(rowsOf(source).slice(0, 1));
});
