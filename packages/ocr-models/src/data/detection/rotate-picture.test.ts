import { expect, test } from "vitest";
import { randomPicture, rowsOf } from "../../../../../fixtures/pictures.js";
import { rotatePicture } from "./rotate-picture.js";

const picture = randomPicture(5, 8, 1);
const rows = rowsOf(picture);

test("right angles turn rows into columns and lose nothing", () => {
  const quarter = Array.from({ length: 8 }, (_, y) => rows.map((row) => row[7 - y]));
  const half = rows.map((row) => [...row].reverse()).reverse();
  expect(rowsOf(rotatePicture(picture, 0))).toEqual(rows);
  expect(rowsOf(rotatePicture(picture, 90))).toEqual(quarter);
  expect(rowsOf(rotatePicture(picture, 180))).toEqual(half);
  expect(rowsOf(rotatePicture(picture, 270))).toEqual([...quarter].reverse().map((row) => [...row].reverse()));
  for (const degrees of [0, 90, 180, 270]) {
    expect(rotatePicture(picture, degrees).covers.every((covered) => covered === 1)).toBe(true);
  }
});

test.each([1, 17, 45, 60, 89, 133, 200, 359])("at %i degrees each pixel has the colour at its place", (degrees) => {
  const { width, height, covers, ...turned } = rotatePicture(picture, degrees);
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const found = rowsOf({ ...turned, width, height });
  let covered = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [x + 0.5 - width / 2, y + 0.5 - height / 2];
      const fromX = cos * dx - sin * dy + 4;
      const fromY = sin * dx + cos * dy + 2.5;
      const edges = [fromX, fromY].map((value) => Math.abs(value - Math.round(value)));
      // Right on an edge between two pixels, rounding decides.
      if (Math.min(...edges) < 1e-3) continue;
      const inside = fromX >= 0 && fromX < 8 && fromY >= 0 && fromY < 5;
      expect(covers[y * width + x], `covers ${x}, ${y}`).toBe(inside ? 1 : 0);
      expect(found[y][x]).toEqual(inside ? rows[Math.floor(fromY)][Math.floor(fromX)] : [0, 0, 0]);
      if (inside) covered++;
    }
  }
  expect(covered).toBeGreaterThan(30);
});
