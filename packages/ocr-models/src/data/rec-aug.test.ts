import { Random } from "@retort/tensor/random";
import { describe, expect, test } from "vitest";
import { randomPicture } from "../../../../fixtures/pictures.js";
import { shiftDiagonally } from "./augment/jitter.js";
import type { Options } from "./options.js";
import type { BytePicture, Picture } from "./picture.js";
import { recAug } from "./rec-aug.js";
import { pixelsOf, type Sample } from "./sample.js";

const all = ["tia_prob", "crop_prob", "blur_prob", "hsv_aug_prob", "jitter_prob", "noise_prob", "reverse_prob"];

/** Options with probability 1 for the named changes, and 0 for the others. */
const only = (...names: string[]): Options =>
  Object.fromEntries(all.map((name) => [name, names.includes(name) ? 1 : 0]));

const sampleOf = (picture: Picture | undefined): Sample => ({
  path: "a.png",
  label: "abc",
  read: () => Promise.reject(new Error("no file")),
  picture,
  fields: {},
});

async function changed(options: Options, picture: BytePicture, random: Random): Promise<BytePicture> {
  return pixelsOf("the test", (await recAug(options)(sampleOf(picture), { random })) as Sample);
}

test("with probability 0 everywhere nothing changes", async () => {
  const picture = randomPicture(48, 130);
  const sample = sampleOf(picture);
  for (let seed = 0; seed < 20; seed++) {
    expect(await recAug(only())(sample, { random: new Random(seed) })).toEqual(sample);
  }
});

test("the same generator gives the same picture, another one another", async () => {
  const picture = randomPicture(48, 130);
  const pictures = await Promise.all([1, 1, 2].map((seed) => changed(only(...all), picture, new Random(seed))));
  expect(pictures[1]).toEqual(pictures[0]);
  expect(pictures[2]).not.toEqual(pictures[0]);
});

test("what one change draws does not depend on the others", async () => {
  const picture = randomPicture(48, 130);
  for (let seed = 0; seed < 5; seed++) {
    const noisy = await changed(only("noise_prob"), picture, new Random(seed));
    const both = await changed(only("noise_prob", "reverse_prob"), picture, new Random(seed));
    expect(both.data).toEqual(noisy.data.map((value) => 255 - value));
    const cropped = await changed(only("crop_prob"), picture, new Random(seed));
    expect((await changed(only(...all), picture, new Random(seed))).height).toBe(cropped.height);
  }
});

describe("one change alone", () => {
  test.each(all)("%s leaves the width and the picture that it is given", async (name) => {
    const picture = randomPicture(48, 130);
    const before = picture.data.slice();
    const heights = new Set<number>();
    for (let seed = 0; seed < 60; seed++) {
      const { data, width, height } = await changed(only(name), picture, new Random(seed));
      expect([width, data.length]).toEqual([130, 130 * height * 3]);
      heights.add(height);
      // Pictures of this size are too small for jitter.
      if (name === "jitter_prob") expect(data).toEqual(before);
      else expect(data).not.toEqual(before);
    }
    expect(picture.data).toEqual(before);
    const expected = name === "crop_prob" ? [40, 41, 42, 43, 44, 45, 46, 47] : [48];
    expect([...heights].sort()).toEqual(expected);
  });

  test("cropping takes rows above as often as below", async () => {
    const picture = randomPicture(30, 20);
    let above = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const { data } = await changed(only("crop_prob"), picture, new Random(seed));
      if (data[0] !== picture.data[0]) above++;
      else expect(data.subarray(0, 9)).toEqual(picture.data.subarray(0, 9));
    }
    // Five deviations of a fair coin.
    expect(Math.abs(above - 500)).toBeLessThan(80);
  });

  test("jitter shifts pictures of more than 200 pixels by less than a hundredth of their smaller side", async () => {
    const picture = randomPicture(450, 290);
    const seen = new Set<number>();
    for (let seed = 0; seed < 40; seed++) {
      const { data } = await changed(only("jitter_prob"), picture, new Random(seed));
      const shift = [0, 1].find((pixels) => shiftDiagonally(picture, pixels).data.every((v, i) => v === data[i]));
      expect(shift).toBeDefined();
      seen.add(shift as number);
    }
    expect([...seen].sort()).toEqual([0, 1]);
  });
});

test("each change comes in four of ten pictures unless an option says otherwise", async () => {
  const picture = { data: new Uint8Array(3), height: 1, width: 1 };
  const count = 2000;
  // Five deviations of so many draws.
  const bound = 5 * Math.sqrt(count * 0.4 * 0.6);
  for (const [options, share] of [
    [{ ...only(), reverse_prob: undefined }, 0.4],
    [{ ...only(), reverse_prob: 0.7 }, 0.7],
  ] as const) {
    let inverted = 0;
    for (let seed = 0; seed < count; seed++) {
      if ((await changed(options, picture, new Random(seed))).data[0] === 255) inverted++;
    }
    expect(Math.abs(inverted - share * count)).toBeLessThan(bound);
  }
});

test.each([
  [1, 1],
  [1, 60],
  [60, 1],
  [2, 9],
  [19, 300],
  [20, 20],
  [205, 20],
])("pictures of %i x %i go through all changes", async (height, width) => {
  for (let seed = 0; seed < 10; seed++) {
    const result = await changed(only(...all), randomPicture(height, width), new Random(seed));
    expect(result.width).toBe(width);
    if (height < 20 || width < 20) expect(result.height).toBe(height);
    expect(result.data.length).toBe(result.height * width * 3);
  }
});

describe("wrong use is an error", () => {
  test.each<[Options, string]>([
    [{ tia_prob: 1.5 }, "RecAug.tia_prob: expected a probability from 0 to 1, found 1.5"],
    [{ crop_prob: -0.1 }, "RecAug.crop_prob: expected a probability from 0 to 1, found -0.1"],
    [{ blur_prob: "often" }, 'RecAug.blur_prob: expected a probability from 0 to 1, found "often"'],
    [{ hsv_aug_prop: 0.4 }, 'RecAug: unknown option "hsv_aug_prop"; did you mean "hsv_aug_prob"?'],
  ])("%j", (options, message) => expect(() => recAug(options)).toThrow(message));

  test("no picture, or one that is no longer in 8 bits", async () => {
    const run = async (picture?: Picture): Promise<unknown> => recAug({})(sampleOf(picture), { random: new Random(0) });
    await expect(run()).rejects.toThrow("RecAug needs a decoded image: put DecodeImage before it");
    const normalised = { data: new Float32Array(3), height: 1, width: 1 };
    await expect(run(normalised)).rejects.toThrow("RecAug needs 8-bit pixels: put it before NormalizeImage");
  });
});
