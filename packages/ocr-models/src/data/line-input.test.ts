import { Random } from "@retort/tensor/random";
import { expect, test } from "vitest";
import { lineInput } from "./line-input.js";
import { recResizeImg } from "./rec-resize-img.js";
import type { Sample } from "./sample.js";

const random = new Random(5);
const pictureOf = (width: number, height: number) => ({
  data: Uint8Array.from({ length: width * height * 3 }, () => random.integer(256)),
  width,
  height,
});

test.each([
  { image_shape: [3, 32, 80] },
  { image_shape: [3, 32, 80], padding: false },
  { image_shape: [3, 32, 80], infer_mode: true },
  { image_shape: [3, 32, 80], eval_mode: true },
])("it has the bits of RecResizeImg with %j", async (options) => {
  for (const picture of [pictureOf(120, 33), pictureOf(400, 40), pictureOf(64, 64), pictureOf(7, 50)]) {
    const sample: Sample = { path: "", label: "", read: () => Promise.reject(), picture, fields: {} };
    const { fields } = (await recResizeImg(options)(sample, { random })) as Sample;
    const { image, validRatio } = lineInput(picture, options);
    expect([image.shape, Math.fround(validRatio)]).toEqual([fields.image.shape, fields.valid_ratio.data[0]]);
    expect(image.data.findIndex((x, i) => x !== fields.image.data[i])).toBe(-1);
  }
});

test("wrong options are named", () => {
  expect(() => lineInput(pictureOf(8, 8), { image_shape: [1, 32, 80] })).toThrow(
    "RecResizeImg.image_shape: expected [3, height, width], found [1,32,80]",
  );
  expect(() => lineInput(pictureOf(8, 8), { image_shape: [3, 32, 80], eval_mode: true }, "SVTRRecResizeImg")).toThrow(
    'SVTRRecResizeImg: unknown option "eval_mode"',
  );
});
