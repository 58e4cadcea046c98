import { createCanvas, loadImage } from "@napi-rs/canvas";
import { describe, expect, test } from "vitest";
import type { SynthOptions } from "./options.js";
import { effects } from "./style.js";
import { type SynthSample, synthesize } from "./synthesize.js";

const digits = { alphabet: "0123456789", count: 12, seed: 5 };
const boxes = new URL("../../../../fixtures/fonts/boxes.ttf", import.meta.url).pathname;

async function all(options: SynthOptions): Promise<SynthSample[]> {
  const samples: SynthSample[] = [];
  for await (const sample of synthesize(options)) samples.push(sample);
  return samples;
}

async function greys({
  image,
}: SynthSample): Promise<{ width: number; height: number; at(x: number, y: number): number }> {
  const { width, height } = image;
  const context = createCanvas(width, height).getContext("2d");
  context.drawImage(await loadImage(Buffer.from(image.bytes)), 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, at: (x, y) => data[4 * (y * width + x)] };
}

test("the same seed gives the same texts, fonts and bytes; another seed others", async () => {
  const first = await all(digits);
  expect(await all(digits)).toEqual(first);
  const other = await all({ ...digits, seed: 6 });
  expect(other.map((sample) => sample.text)).not.toEqual(first.map((sample) => sample.text));
});

test("more images do not change the first ones", async () => {
  expect((await all({ ...digits, count: 20 })).slice(0, 12)).toEqual(await all(digits));
});

test("pictures have the height asked for, and several fonts, formats and widths occur", async () => {
  const samples = await all({ ...digits, count: 60, height: [20, 24] });
  for (const { image } of samples) {
    const picture = await loadImage(Buffer.from(image.bytes));
    expect([picture.width, picture.height]).toEqual([image.width, image.height]);
    expect(image.height).toBeGreaterThanOrEqual(20);
    expect(image.height).toBeLessThanOrEqual(24);
  }
  expect(new Set(samples.map((sample) => sample.font)).size).toBeGreaterThan(6);
  expect(new Set(samples.map((sample) => sample.image.format))).toEqual(new Set(["jpg", "png"]));
  expect(new Set(samples.map((sample) => sample.image.width)).size).toBeGreaterThan(10);
});

test("no ink is cut off: the border shows the background, the inside shows ink, whatever the slant", async () => {
  const shapes = ["rotate", "skew", "spacing"] as const;
  const alphabet = "0123456789ABfgjpqyÄÖ|/(){}_,Q";
  for (const sample of await all({ alphabet, length: [1, 14], count: 150, effects: shapes, strength: 2, seed: 3 })) {
    const { width, height, at } = await greys(sample);
    let darkest = 255;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const border = x === 0 || y === 0 || x === width - 1 || y === height - 1;
        if (border) expect(at(x, y), `${sample.text} in ${sample.font} at ${x}, ${y}`).toBeGreaterThan(230);
        darkest = Math.min(darkest, at(x, y));
      }
    }
    expect(darkest, sample.text).toBeLessThan(90);
  }
});

test.each(effects)("the effect %s alone changes pictures", async (effect) => {
  const plain = await all({ ...digits, effects: [] });
  const changed = await all({ ...digits, effects: [effect] });
  expect(changed.map((sample) => sample.text)).toEqual(plain.map((sample) => sample.text));
  expect(changed.some((sample, i) => Buffer.compare(sample.image.bytes, plain[i].image.bytes) !== 0)).toBe(true);
});

describe("what cannot be drawn is named", () => {
  const refused: [string, Partial<SynthOptions>, RegExp][] = [
    ["an empty alphabet", { alphabet: "" }, /alphabet is empty/],
    ["lengths the wrong way round", { length: [5, 3] }, /least text length 5 is above the greatest, 3/],
    ["no images", { count: 0 }, /count must be a whole number from 1, found 0/],
    ["an unknown effect", { effects: ["glow" as "blur"] }, /unknown effect "glow"/],
    ["a height of nothing", { height: [4, 10] }, /image height must be whole numbers from 12/],
    ["two sources", { words: ["a"] }, /exactly one of alphabet, words and corpus \(found 2\)/],
    ["characters without glyphs", { alphabet: "01漢字" }, /"漢" "字" missing/],
    ["a missing font", { fonts: ["/no/such.ttf"] }, /font file or folder not found: \/no\/such.ttf/],
    ["a font that is none", { fonts: [import.meta.filename] }, /cannot use font .*not a TTF/],
    ["a folder without fonts", { fonts: [import.meta.dirname] }, /no font files/],
  ];
  test.each(refused)("%s", async (_, options, message) => {
    await expect(all({ ...digits, ...options })).rejects.toThrow(message);
  });
});

test("a font of the user draws its characters only", async () => {
  const samples = await all({ alphabet: "0129一二", fonts: [boxes], count: 10 });
  expect(new Set(samples.map((sample) => sample.font))).toEqual(new Set(["boxes"]));
  await expect(all({ alphabet: "01ab", fonts: [boxes], count: 1 })).rejects.toThrow(/"a" "b" missing .*boxes/);
});

test("missing characters can be left out", async () => {
  const samples = await all({ alphabet: "01ab", fonts: [boxes], count: 30, dropMissing: true });
  for (const { text } of samples) expect(text).toMatch(/^[01]+$/);
  await expect(all({ alphabet: "ab", fonts: [boxes], count: 1, dropMissing: true })).rejects.toThrow(/nothing is left/);
});

test("a text is drawn with a font that has all of it", async () => {
  const options = { words: ["二一", "二1"], length: [2, 2] as const, count: 12, seed: 1 };
  const samples = await all({ ...options, fonts: [boxes, lato()] });
  expect(new Set(samples.map((sample) => sample.font))).toEqual(new Set(["boxes"]));
});

function lato(): string {
  return new URL("../../../../node_modules/@fontsource/lato/files/lato-latin-400-normal.woff2", import.meta.url)
    .pathname;
}
