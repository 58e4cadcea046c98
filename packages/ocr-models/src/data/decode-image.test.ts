import { Random } from "@retort/tensor/random";
import { expect, test } from "vitest";
import { randomPicture } from "../../../../fixtures/pictures.js";
import { decodeImage } from "./decode-image.js";
import type { Sample } from "./sample.js";

const picture = randomPicture(4, 5);
const sample: Sample = {
  path: "page.png",
  label: "",
  read: () => Promise.reject(new Error("no file is wanted")),
  picture,
  fields: {},
};
const context = { random: new Random(0) };

test("a picture that is there already is taken as it is, or with red and blue swapped, and left alone", async () => {
  const before = picture.data.slice();
  const plain = (await decodeImage({}, { cacheBytes: 1000 })(sample, context)) as Sample;
  expect(plain.picture).toEqual(picture);
  const swapped = (await decodeImage({ img_mode: "RGB" }, {})(sample, context)) as Sample;
  const pixel = (i: number): number[] => [...before.slice(3 * i, 3 * i + 3)].reverse();
  expect([...(swapped.picture?.data ?? [])]).toEqual(Array.from({ length: 20 }, (_, i) => pixel(i)).flat());
  expect(picture.data).toEqual(before);
});

test("of one path several pictures can come", async () => {
  const decode = decodeImage({}, { cacheBytes: 1000 });
  await decode(sample, context);
  const other = randomPicture(3, 3, 2);
  expect(((await decode({ ...sample, picture: other }, context)) as Sample).picture).toEqual(other);
});
