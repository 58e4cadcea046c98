import { Random } from "@retort/tensor/random";
import { beforeAll, expect, test } from "vitest";
import { randomPicture } from "../../../../../../fixtures/pictures.js";
import { loadOpenCv, type OpenCv } from "../../opencv.js";
import { linearContrast, multiply } from "./levels.js";

let cv: OpenCv;
beforeAll(async () => {
  ({ cv } = await loadOpenCv());
});

const picture = randomPicture(20, 20);

test("values are multiplied and stop at white", () => {
  const { picture: brighter, move } = multiply({ mul: 1.5 })(cv, picture, new Random(0));
  brighter.data.forEach((value, i) => {
    expect(Math.abs(value - Math.min(255, picture.data[i] * 1.5))).toBeLessThanOrEqual(0.5);
  });
  expect(move).toBeUndefined();
});

test("contrast keeps the middle and spreads the rest", () => {
  const { picture: flat } = linearContrast({ alpha: 0 })(cv, picture, new Random(0));
  expect(new Set(flat.data)).toEqual(new Set([127]));
  const { picture: steep } = linearContrast({ alpha: 2 })(cv, picture, new Random(0));
  steep.data.forEach((value, i) => {
    expect(value).toBe(Math.min(255, Math.max(0, 127 + 2 * (picture.data[i] - 127))));
  });
});

test("with probability p", () => {
  for (const make of [multiply({ mul: 2, p: 0 }), linearContrast({ alpha: 2, p: 0 })]) {
    expect(make(cv, picture, new Random(0)).picture).toBe(picture);
  }
});

test("a factor is needed", () => {
  expect(() => multiply({})).toThrow("Multiply.mul");
  expect(() => linearContrast({ alpha: -1 })).toThrow("LinearContrast.alpha");
});
