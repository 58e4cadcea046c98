import { expect, test } from "vitest";
import { randomPicture, rowsOf } from "../../../../../fixtures/pictures.js";
import { blackPicture, cutOut, pasteInto } from "./paste.js";

const picture = randomPicture(7, 9, 1);

test("a part that is cut out has the pixels of its rows and columns", () => {
  const part = cutOut(picture, { left: 2, top: 3, width: 5, height: 4 });
  expect([part.width, part.height]).toEqual([5, 4]);
  expect(rowsOf(part)).toEqual(
    rowsOf(picture)
      .slice(3, 7)
      .map((row) => row.slice(2, 7)),
  );
});

test("pasting writes the part and nothing else", () => {
  const target = randomPicture(12, 11, 2);
  const expected = rowsOf(target);
  for (const [y, row] of rowsOf(picture).entries()) expected[y + 4].splice(2, 9, ...row);
  pasteInto(target, picture, 2, 4);
  expect(rowsOf(target)).toEqual(expected);
});

test("a black picture with a part at its corner", () => {
  const canvas = blackPicture(10, 8);
  pasteInto(canvas, picture);
  expect(rowsOf(canvas).map((row) => row.slice(0, 9))).toEqual([...rowsOf(picture), Array(9).fill([0, 0, 0])]);
  expect(rowsOf(canvas).map((row) => row[9])).toEqual(Array(8).fill([0, 0, 0]));
});
