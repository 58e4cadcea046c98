import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { randomPicture } from "../../../../fixtures/pictures.js";
import { dictionaryOf } from "../text/dictionary.js";
import type { Batch } from "./batch.js";
import { DataLoader, type LoaderConfig } from "./loader.js";
import type { Sample } from "./sample.js";
import { type DataSetConfig, type DataSetup, SimpleDataSet } from "./simple-data-set.js";
import type { TransformConfig } from "./transforms.js";

let folder = "";
const setup: DataSetup = { mode: "train", seed: 11, dictionary: dictionaryOf("abcdefghijklmnop"), maxTextLength: 8 };
const letters = [..."abcdefghijkl"];

/** Twelve pictures of noise with a letter each; in two halves, and with lines that cannot be used. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-augment-"));
  for (const [i, letter] of letters.entries()) {
    const { data, width, height } = randomPicture(32, 20 + 2 * i, i);
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(join(folder, `${letter}.png`));
  }
  const write = (name: string, lines: string[]): void => writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
  const lines = letters.map((letter) => `${letter}.png\t${letter}`);
  write("all.txt", lines);
  write("first.txt", lines.slice(0, 6));
  write("second.txt", lines.slice(6));
  write("mixed.txt", ["a.png\ta", "missing.png\tm", "b.png\t??", "b.png\tnnnnnnnnn", "c.png\tc"]);
});

afterAll(() => rmSync(folder, { recursive: true }));

const joining: TransformConfig = { RecConAug: { prob: 0.5, ext_data_num: 2, image_shape: [32, 160, 3] } };
const alwaysJoining: TransformConfig = { RecConAug: { prob: 1, ext_data_num: 2, image_shape: [32, 160, 3] } };
/** The probabilities of RecAug, all of them 0. */
const noAugmentation = ["tia", "crop", "blur", "hsv_aug", "jitter", "noise", "reverse"].map(
  (name): [string, number] => [`${name}_prob`, 0],
);
const ending: TransformConfig[] = [
  { MultiLabelEncode: null },
  { RecResizeImg: { image_shape: [3, 32, 160] } },
  { KeepKeys: { keep_keys: ["image", "label_ctc", "label_sar", "length", "valid_ratio"] } },
];

const config = (file: string, more: Partial<DataSetConfig> = {}): DataSetConfig => ({
  name: "SimpleDataSet",
  data_dir: folder,
  label_file_list: [join(folder, file)],
  ext_op_transform_idx: 1,
  transforms: [{ DecodeImage: null }, joining, { RecAug: null }, ...ending],
  ...more,
});

async function batches(options: Partial<LoaderConfig> = {}, more: Partial<DataSetup> = {}): Promise<Batch[]> {
  const loaderConfig = { batch_size_per_card: 3, shuffle: true, ...options };
  const loader = new DataLoader(config("all.txt"), loaderConfig, { ...setup, ...more });
  const found: Batch[] = [];
  try {
    for (let epoch = 0; epoch < 3; epoch++) for await (const batch of loader.epoch()) found.push(batch);
  } finally {
    await loader.close();
  }
  return found;
}

/** The samples of every line, some epochs long. */
async function samples(dataSet: SimpleDataSet, epochs = 1): Promise<Sample[]> {
  const found: Sample[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const line of dataSet.linesOf(epoch)) found.push((await dataSet.load(line, epoch)).sample as Sample);
  }
  return found;
}

const imagesOf = (all: readonly Sample[]): unknown[] => all.map(({ fields, label }) => [label, fields.image]);

describe("augmented samples", () => {
  test.each([1, 2, 3])("are those of the main thread in %i workers, bit by bit", async (num_workers) => {
    expect(await batches({ num_workers })).toEqual(await batches());
  });
  test("do not depend on the size of batches, their order, or on kept pictures", async () => {
    const bySample = (found: Batch[]): string[] =>
      found
        .flatMap(({ epoch, size, paths, texts, fields: { image } }) =>
          Array.from({ length: size }, (_, i) => {
            const length = image.data.length / size;
            const pixels = image.data.subarray(i * length, (i + 1) * length) as Float32Array;
            const sum = pixels.reduce((total, value, at) => total + value * (at % 97), 0);
            return [epoch, paths[i], texts[i], sum].join();
          }),
        )
        .sort();
    const expected = bySample(await batches());
    expect(new Set(expected).size).toBe(36);
    expect(bySample(await batches({ batch_size_per_card: 5, shuffle: false }))).toEqual(expected);
    expect(bySample(await batches({}, { cacheBytes: 0 }))).toEqual(expected);
  });
  test("are the same again in the same epoch, and others in another or with another seed", async () => {
    const dataSet = new SimpleDataSet(config("all.txt"), setup);
    const first = imagesOf(await samples(dataSet));
    expect(imagesOf(await samples(dataSet))).toEqual(first);
    expect(imagesOf(await samples(new SimpleDataSet(config("all.txt"), setup)))).toEqual(first);
    const other = imagesOf(await samples(new SimpleDataSet(config("all.txt"), { ...setup, seed: 12 })));
    const second = imagesOf((await samples(dataSet, 2)).slice(12));
    for (const [i, image] of first.entries()) {
      expect(other[i]).not.toEqual(image);
      expect(second[i]).not.toEqual(image);
    }
  });
  test("continue exactly from a saved position", async () => {
    const options = { batch_size_per_card: 5, shuffle: true };
    const expected = await batches({ batch_size_per_card: 5 });
    const loader = new DataLoader(config("all.txt"), options, setup);
    loader.position = { epoch: 1, batch: 2 };
    const found: Batch[] = [];
    while (loader.position.epoch < 3) for await (const batch of loader.epoch()) found.push(batch);
    await loader.close();
    expect(found).toEqual(expected.slice(5));
  });
  test("are the same in every epoch of an evaluation", async () => {
    const dataSet = new SimpleDataSet(config("all.txt"), { ...setup, mode: "eval" });
    const both = imagesOf(await samples(dataSet, 2));
    expect(both.slice(12)).toEqual(both.slice(0, 12));
  });
});

describe("joined samples", () => {
  const transforms = [{ DecodeImage: null }, alwaysJoining, ...ending];

  test("are of lines of the epoch, each with its own text", async () => {
    const files = [join(folder, "first.txt"), join(folder, "second.txt")];
    const dataSet = new SimpleDataSet(config("", { label_file_list: files, ratio_list: [1, 0], transforms }), setup);
    const found = await samples(dataSet, 20);
    expect(found).toHaveLength(6 * 20);
    const texts = found.map(({ label }) => label);
    expect(new Set(texts.map((text) => text.length))).toEqual(new Set([3]));
    expect(new Set(texts.flatMap((text) => [...text]))).toEqual(new Set("abcdef"));
    expect(found.map(({ label, path }) => path === join(folder, `${label[0]}.png`))).not.toContain(false);
    const half = new SimpleDataSet(config("all.txt", { ratio_list: 0.25, transforms }), setup);
    for (let epoch = 0; epoch < 5; epoch++) {
      const lines = half.linesOf(epoch);
      expect(lines).toHaveLength(3);
      const ofEpoch = new Set(lines.map((line) => letters[line]));
      for (const line of lines) {
        const { label } = (await half.load(line, epoch)).sample as Sample;
        expect([...label].every((letter) => ofEpoch.has(letter))).toBe(true);
      }
    }
  });
  test("hold the pixels of their pictures side by side", async () => {
    const dataSet = new SimpleDataSet(config("all.txt", { transforms }), setup);
    for (const { label, fields } of await samples(dataSet)) {
      const parts = [...label].map((letter) => {
        const i = letters.indexOf(letter);
        return randomPicture(32, 20 + 2 * i, i);
      });
      // RGB in the file, BGR in the batch.
      const blue = parts.map(({ data }) => data[2]);
      const starts = parts.map((_, k) => parts.slice(0, k).reduce((sum, { width }) => sum + width, 0));
      const found = starts.map((x) => Math.round((fields.image.data[x] * 0.5 + 0.5) * 255));
      expect(found).toEqual(blue);
      expect(fields.length.data[0]).toBe(3);
    }
  });
  test("have gone through the first transforms only", async () => {
    const inverting: TransformConfig = { RecAug: Object.fromEntries([...noAugmentation, ["reverse_prob", 1]]) };
    const list = [{ DecodeImage: null }, inverting, alwaysJoining, ...ending];
    for (const [ext_op_transform_idx, inverted] of [
      [1, false],
      [2, true],
    ] as const) {
      const dataSet = new SimpleDataSet(config("all.txt", { transforms: list, ext_op_transform_idx }), setup);
      for (const { label, fields } of await samples(dataSet)) {
        const [first, second] = [...label].map((letter) => letters.indexOf(letter));
        const value = (at: number): number => Math.round((fields.image.data[at] * 0.5 + 0.5) * 255);
        const blueOf = (i: number): number => randomPicture(32, 20 + 2 * i, i).data[2];
        expect(value(0)).toBe(255 - blueOf(first));
        expect(value(20 + 2 * first)).toBe(inverted ? 255 - blueOf(second) : blueOf(second));
      }
    }
  });
  test("leave lines out that cannot be used, and are counted as before", async () => {
    const loader = new DataLoader(config("mixed.txt", { transforms }), { batch_size_per_card: 5 }, setup);
    const texts: string[] = [];
    for (let epoch = 0; epoch < 10; epoch++) for await (const batch of loader.epoch()) texts.push(...batch.texts);
    await loader.close();
    expect(texts).toHaveLength(50);
    expect(new Set(texts.flatMap((text) => [...text]))).toEqual(new Set("ac"));
    expect(loader.unusable.byReason).toEqual({
      "unreadable file": 1,
      "label without a known character": 1,
      "label too long": 1,
    });
  });
  test("have no more text than the label encoders take", async () => {
    // The sequence of a SAR label needs two places more than its text.
    const short = { ...setup, maxTextLength: 4 };
    const dataSet = new SimpleDataSet(config("all.txt", { transforms }), short);
    expect(new Set((await samples(dataSet)).map(({ label }) => label.length))).toEqual(new Set([2]));
  });
});

test("with all probabilities 0 samples are those without augmentation", async () => {
  const idle: TransformConfig[] = [{ RecConAug: { prob: 0 } }, { RecAug: Object.fromEntries(noAugmentation) }];
  const transforms = [{ DecodeImage: null }, ...idle, ...ending];
  const plain = [{ DecodeImage: null }, ...ending];
  const [augmented, expected] = [transforms, plain].map(
    (list) => new SimpleDataSet(config("all.txt", { transforms: list }), setup),
  );
  expect(imagesOf(await samples(augmented))).toEqual(imagesOf(await samples(expected)));
});

test("a line that cannot be used is replaced by one of the epoch", async () => {
  const files = [join(folder, "mixed.txt"), join(folder, "second.txt")];
  const plain = [{ DecodeImage: null }, ...ending];
  const dataSet = new SimpleDataSet(
    config("", { label_file_list: files, ratio_list: [1, 0], transforms: plain }),
    setup,
  );
  const texts = (await samples(dataSet, 20)).map(({ label }) => label);
  expect(new Set(texts)).toEqual(new Set(["a", "c"]));
});

test("each epoch takes a share of every label file, rounded as Python does", () => {
  const files = ["first.txt", "second.txt", "all.txt"].map((name) => join(folder, name));
  const count = (lines: number[], from: number, to: number): number =>
    lines.filter((line) => line >= from && line < to).length;
  const dataSet = new SimpleDataSet(config("", { label_file_list: files, ratio_list: [0.5, 0.42, 0.375] }), setup);
  const drawn = Array.from({ length: 40 }, (_, epoch) => dataSet.linesOf(epoch));
  for (const lines of drawn) {
    expect(new Set(lines).size).toBe(lines.length);
    // 6 * 0.5 = 3, 6 * 0.42 = 2.52, 12 * 0.375 = 4.5
    expect([count(lines, 0, 6), count(lines, 6, 12), count(lines, 12, 24)]).toEqual([3, 3, 4]);
  }
  expect(new Set(drawn.flat()).size).toBe(24);
  expect(dataSet.linesOf(7)).toEqual(drawn[7]);
  const other = new SimpleDataSet(config("", { label_file_list: files, ratio_list: 0.5 }), { ...setup, seed: 12 });
  expect(other.linesOf(0)).not.toEqual(
    new SimpleDataSet(config("", { label_file_list: files, ratio_list: 0.5 }), setup).linesOf(0),
  );
});

describe("a wrong ext_op_transform_idx is an error", () => {
  test.each([[0], [2], [1.5], [undefined]])("%s", (ext_op_transform_idx) => {
    expect(() => new SimpleDataSet(config("all.txt", { ext_op_transform_idx }), setup)).toThrow(
      `ext_op_transform_idx: further samples go through so many transforms, so it is from 1 to 1, the place of the ` +
        `transform that takes them in; found ${ext_op_transform_idx ?? 2}`,
    );
  });
  test("unless nothing takes further samples", () => {
    const transforms = [{ DecodeImage: null }, ...ending];
    const dataSet = new SimpleDataSet(config("all.txt", { ext_op_transform_idx: 9, transforms }), setup);
    expect(dataSet.lines).toHaveLength(12);
  });
});
