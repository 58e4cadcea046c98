import { expect, test } from "vitest";
import { randomPicture, rowsOf } from "../../../../../../fixtures/pictures.js";
import { flipLeftRight, flipUpDown } from "./flip.js";

const picture = randomPicture(3, 5);
const rows = rowsOf(picture);

test("left and right change places, and so do points", () => {
  const { picture: flipped, move } = flipLeftRight(picture);
  expect(rowsOf(flipped)).toEqual(rows.map((row) => [...row].reverse()));
  expect(move?.([0, 1])).toEqual([4, 1]);
  expect(move?.([3.5, 2])).toEqual([0.5, 2]);
});

test("up and down change places, and so do points", () => {
  const { picture: flipped, move } = flipUpDown(picture);
  expect(rowsOf(flipped)).toEqual([...rows].reverse());
  expect(move?.([3, 0])).toEqual([3, 2]);
});
