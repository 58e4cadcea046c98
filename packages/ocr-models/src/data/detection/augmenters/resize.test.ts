import { Random } from "@retort/tensor/random";
import { beforeAll, expect, test } from "vitest";
import { randomPicture, rowsOf } from "../../../../../../fixtures/pictures.js";
import { loadOpenCv, type OpenCv } from "../../opencv.js";
import { resize } from "./resize.js";

let cv: OpenCv;
beforeAll(async () => {
  ({ cv } = await loadOpenCv());
});

test("both sides are multiplied by the number drawn, and points too", () => {
  const seen = new Set<number>();
  for (let seed = 0; seed < 30; seed++) {
    const { picture, move } = resize({ size: [0.5, 3] })(cv, randomPicture(20, 40), new Random(seed));
    const factor = move?.([1, 1])[0] as number;
    expect(factor).toBeGreaterThanOrEqual(0.5);
    expect(factor).toBeLessThan(3);
    expect([picture.width, picture.height]).toEqual([Math.floor(40 * factor), Math.floor(20 * factor)]);
    expect(picture.data).toHaveLength(picture.width * picture.height * 3);
    expect(move?.([7, 3])).toEqual([7 * factor, 3 * factor]);
    seen.add(picture.width);
  }
  expect(seen.size).toBeGreaterThan(15);
});

test("half the size takes means of four pixels", () => {
  const rows = rowsOf(randomPicture(6, 8));
  const { picture } = resize({ size: 0.5 })(cv, randomPicture(6, 8), new Random(0));
  rowsOf(picture).forEach((row, y) => {
    row.forEach((pixel, x) => {
      pixel.forEach((value, c) => {
        const four = [rows[2 * y], rows[2 * y + 1]].flatMap((line) => [line[2 * x][c], line[2 * x + 1][c]]);
        expect(Math.abs(value - four.reduce((sum, part) => sum + part, 0) / 4)).toBeLessThanOrEqual(0.5);
      });
    });
  });
});

test("p says how often", () => {
  const picture = randomPicture(6, 8);
  const resized = Array.from({ length: 100 }, (_, seed) => resize({ size: 2, p: 0.3 })(cv, picture, new Random(seed)));
  const changed = resized.filter((augmented) => augmented.picture.width === 16);
  expect(changed.length).toBeGreaterThan(15);
  expect(changed.length).toBeLessThan(45);
  expect(resized.filter((augmented) => augmented.picture === picture)).toHaveLength(100 - changed.length);
});

test("a size is needed, and above 0", () => {
  expect(() => resize({})).toThrow("Resize.size: expected a number, or [least, greatest], found undefined");
  expect(() => resize({ size: [0, 2] })).toThrow("Resize.size");
});
