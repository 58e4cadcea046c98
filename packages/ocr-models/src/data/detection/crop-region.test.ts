import { beforeAll, expect, test } from "vitest";
import { randomPicture, rowsOf } from "../../../../../fixtures/pictures.js";
import { rectangle } from "../../../../../fixtures/rectangle.js";
import { loadOpenCv, type OpenCv } from "../opencv.js";
import { cropRegion } from "./crop-region.js";

let cv: OpenCv;
beforeAll(async () => {
  ({ cv } = await loadOpenCv());
});

const picture = randomPicture(30, 40);
const rows = rowsOf(picture);
test("an upright rectangle is cut out pixel by pixel", () => {
  const crop = cropRegion(cv, picture, rectangle(5, 6, 25, 14));
  expect(crop && rowsOf(crop)).toEqual(rows.slice(6, 14).map((row) => row.slice(5, 25)));
});

test("a high and narrow one is turned a quarter counter-clockwise", () => {
  const crop = cropRegion(cv, picture, rectangle(5, 6, 13, 26));
  const cut = rows.slice(6, 26).map((row) => row.slice(5, 13));
  expect(crop && rowsOf(crop)).toEqual(Array.from({ length: 8 }, (_, y) => cut.map((row) => row[7 - y])));
});

test("the longer of two opposite sides counts, cut to pixels", () => {
  const crop = cropRegion(cv, picture, [
    [5, 6],
    [25.9, 6],
    [24, 18],
    [5, 16],
  ]);
  expect([crop?.width, crop?.height]).toEqual([20, 12]);
});

test("what is thinner than a pixel is no picture", () => {
  expect(cropRegion(cv, picture, rectangle(5, 6, 5.5, 26))).toBeUndefined();
});
