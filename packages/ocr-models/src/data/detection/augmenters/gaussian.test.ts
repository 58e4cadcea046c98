import { Random } from "@retort/tensor/random";
import { beforeAll, expect, test } from "vitest";
import { randomPicture } from "../../../../../../fixtures/pictures.js";
import { loadOpenCv, type OpenCv } from "../../opencv.js";
import { channels } from "../../picture.js";
import { gaussianBlur, gaussianNoise } from "./gaussian.js";

let cv: OpenCv;
beforeAll(async () => {
  ({ cv } = await loadOpenCv());
});

const grey = { data: new Uint8Array(100 * 100 * channels).fill(128), width: 100, height: 100 };

test("a blurred point is the Gaussian", () => {
  const point = { data: new Uint8Array(21 * 21 * channels), width: 21, height: 21 };
  point.data.fill(255, (10 * 21 + 10) * channels, (10 * 21 + 11) * channels);
  const { picture } = gaussianBlur({ sigma: 1.5 })(cv, point, new Random(0));
  for (let y = 0; y < 21; y++) {
    for (let x = 0; x < 21; x++) {
      const value = (255 / (2 * Math.PI * 2.25)) * Math.exp(-((x - 10) ** 2 + (y - 10) ** 2) / 4.5);
      expect(Math.abs(picture.data[(y * 21 + x) * channels] - value)).toBeLessThan(1);
    }
  }
});

test("nothing is blurred by a deviation of 0, or without luck", () => {
  const picture = randomPicture(5, 5);
  expect(gaussianBlur({ sigma: 0 })(cv, picture, new Random(0)).picture).toBe(picture);
  expect(gaussianBlur({ sigma: 3, p: 0 })(cv, picture, new Random(0)).picture).toBe(picture);
});

test("noise has the deviation asked for and no colour", () => {
  const { picture } = gaussianNoise({ scale: 10 })(cv, grey, new Random(2));
  const changes = Array.from({ length: 10_000 }, (_, i) => picture.data[i * channels] - 128);
  const mean = changes.reduce((sum, change) => sum + change, 0) / changes.length;
  const variance = changes.reduce((sum, change) => sum + change * change, 0) / changes.length;
  expect(Math.abs(mean)).toBeLessThan(0.5);
  expect(Math.abs(Math.sqrt(variance) - 10)).toBeLessThan(0.4);
  for (let i = 0; i < picture.data.length; i += channels) {
    expect([picture.data[i + 1], picture.data[i + 2]]).toEqual([picture.data[i], picture.data[i]]);
  }
});
