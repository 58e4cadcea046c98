import fc from "fast-check";
import { expect, test } from "vitest";
import { loadOpenCv } from "./opencv.js";
import { resizeBilinear } from "./resize-bilinear.js";
import { resizePicture } from "./resize-picture.js";

const side = fc.integer({ min: 1, max: 40 });

test("every pixel is OpenCV's", async () => {
  const { cv } = await loadOpenCv();
  const sizes = fc.tuple(side, side, side, side);
  fc.assert(
    fc.property(
      sizes,
      fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
      ([width, height, toWidth, toHeight], bytes) => {
        const data = Uint8Array.from([...bytes.take(width * height * 3)]);
        const picture = { data, width, height };
        expect([...resizeBilinear(picture, toWidth, toHeight)]).toEqual([
          ...resizePicture(cv, picture, toWidth, toHeight),
        ]);
      },
    ),
  );
});

test.each([
  [640, 96, 320, 48],
  [64, 48, 64, 48],
  [333, 77, 207, 48],
  [31, 19, 79, 48],
])("%i x %i to %i x %i", async (width, height, toWidth, toHeight) => {
  const { cv } = await loadOpenCv();
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 2654435761) >>> 24);
  const picture = { data, width, height };
  const [found, wanted] = [resizeBilinear(picture, toWidth, toHeight), resizePicture(cv, picture, toWidth, toHeight)];
  expect(found.length).toBe(wanted.length);
  expect(found.findIndex((pixel, i) => pixel !== wanted[i])).toBe(-1);
});
