import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dictionaryOf } from "../text/dictionary.js";
import type { Batch } from "./batch.js";
import { DataLoader, type LoaderConfig } from "./loader.js";
import { type DataSetConfig, type DataSetup, SimpleDataSet } from "./simple-data-set.js";
import type { TransformConfig } from "./transforms.js";

let folder = "";
const setup: DataSetup = { mode: "train", seed: 11, dictionary: dictionaryOf("0123456789"), maxTextLength: 10 };

/** Eleven small pictures of different colour, width and text; three more lines that cannot be used. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-data-"));
  mkdirSync(join(folder, "images"));
  const lines: string[] = [];
  for (let i = 0; i < 11; i++) {
    const create = {
      width: 20 + 3 * i,
      height: 12,
      channels: 3 as const,
      background: { r: 20 * i, g: 7 * i, b: 255 - i },
    };
    await sharp({ create })
      .png()
      .toFile(join(folder, "images", `${i}.png`));
    lines.push(`images/${i}.png\t${1000 + i}`);
  }
  writeFileSync(join(folder, "images", "broken.png"), "no image");
  writeFileSync(join(folder, "good.txt"), `${lines.join("\n")}\n`);
  const bad = ["images/missing.png\t1", "images/broken.png\t2", "images/0.png\t12345678901"];
  writeFileSync(join(folder, "mixed.txt"), `${[...lines.slice(0, 5), ...bad].join("\n")}\n`);
  writeFileSync(join(folder, "bad.txt"), `${bad.join("\n")}\n`);
  writeFileSync(join(folder, "lists.txt"), `["images/1.png", "images/2.png", "images/3.png"]\t1\n`.repeat(30));
});

afterAll(() => rmSync(folder, { recursive: true }));

const config = (file: string, more: Partial<DataSetConfig> = {}): DataSetConfig => ({
  name: "SimpleDataSet",
  data_dir: folder,
  label_file_list: [join(folder, file)],
  transforms: [
    { DecodeImage: { img_mode: "BGR", channel_first: false } },
    { MultiLabelEncode: null },
    { RecResizeImg: { image_shape: [3, 16, 40] } },
    { KeepKeys: { keep_keys: ["image", "label_ctc", "label_sar", "length", "valid_ratio"] } },
  ],
  ...more,
});

async function collect(loader: DataLoader, epochs = 1): Promise<Batch[]> {
  const batches: Batch[] = [];
  for (let i = 0; i < epochs; i++) for await (const batch of loader.epoch()) batches.push(batch);
  return batches;
}

async function batches(
  file: string,
  options: LoaderConfig,
  more: Partial<DataSetup> = {},
  epochs = 1,
): Promise<Batch[]> {
  const loader = new DataLoader(config(file), options, { ...setup, ...more });
  try {
    return await collect(loader, epochs);
  } finally {
    await loader.close();
  }
}

describe("batches", () => {
  test("are plain arrays in the order of KeepKeys, and the files' order without shuffle", async () => {
    const found = await batches("good.txt", { batch_size_per_card: 4 });
    expect(found.map(({ size }) => size)).toEqual([4, 4, 3]);
    expect(found.flatMap(({ texts }) => texts)).toEqual(Array.from({ length: 11 }, (_, i) => `${1000 + i}`));
    expect(Object.entries(found[0].fields).map(([key, { shape }]) => [key, ...shape])).toEqual([
      ["image", 4, 3, 16, 40],
      ["label_ctc", 4, 10],
      ["label_sar", 4, 10],
      ["length", 4],
      ["valid_ratio", 4],
    ]);
    expect(found[0].fields.image.data).toBeInstanceOf(Float32Array);
    expect(found[0].fields.length.data).toEqual(Int32Array.of(4, 4, 4, 4));
    expect(found[1].paths[0]).toBe(join(folder, "images", "4.png"));
  });
  test("hold the pixels of their files: blue first, scaled to [-1, 1], zero beyond the picture", async () => {
    const [{ fields }] = await batches("good.txt", { batch_size_per_card: 2 });
    const second = fields.image.data.subarray(3 * 16 * 40);
    const channel = (value: number): number => (value / 255 - 0.5) / 0.5;
    expect([0, 640, 1280].map((at) => second[at])).toEqual([254, 7, 20].map((v) => expect.closeTo(channel(v), 6)));
    expect(second[39]).toBe(0);
  });
  test("are the same with and without kept pictures", async () => {
    const options = { batch_size_per_card: 4, shuffle: true };
    const without = await batches("good.txt", options, { cacheBytes: 0 }, 3);
    for (const cacheBytes of [3000, 2 ** 20])
      expect(await batches("good.txt", options, { cacheBytes }, 3)).toEqual(without);
  });
  test("drop_last drops the incomplete one", async () => {
    const found = await batches("good.txt", { batch_size_per_card: 4, drop_last: true });
    expect(found.map(({ size }) => size)).toEqual([4, 4]);
  });
  test("shuffle gives another order in every epoch, all samples once in each", async () => {
    const found = await batches("good.txt", { batch_size_per_card: 11, shuffle: true }, {}, 2);
    const [first, second] = found.map(({ texts }) => texts);
    expect(first).not.toEqual(second);
    expect([...first].sort()).toEqual([...second].sort());
    const other = await batches("good.txt", { batch_size_per_card: 11, shuffle: true }, { seed: 12 });
    expect(other[0].texts).not.toEqual(first);
  });
});

describe("workers", () => {
  test.each([1, 2, 3])("%i of them give what the main thread gives, bit by bit", async (workers) => {
    const options = { batch_size_per_card: 2, shuffle: true };
    const expected = await batches("mixed.txt", options, {}, 2);
    const found = await batches("mixed.txt", { ...options, num_workers: workers }, {}, 2);
    expect(found).toEqual(expected);
  });
  test("an error in one reaches the caller with the file's name, in its turn", async () => {
    const transforms: TransformConfig[] = [
      { RecResizeImg: { image_shape: [3, 16, 40] } },
      { KeepKeys: { keep_keys: ["image"] } },
    ];
    for (const num_workers of [0, 2]) {
      const loader = new DataLoader(config("good.txt", { transforms }), { batch_size_per_card: 1, num_workers }, setup);
      await expect(collect(loader)).rejects.toThrow(
        /good\.txt, line 1, image .*0\.png: RecResizeImg needs a decoded image/,
      );
      await loader.close();
    }
  });
  test("after closing, batches are refused, and closing again does no harm", async () => {
    const loader = new DataLoader(config("good.txt"), { batch_size_per_card: 4, num_workers: 1 }, setup);
    const iterator = loader.epoch();
    await iterator.next();
    await loader.close();
    await expect(collect(loader)).rejects.toThrow("the loader is closed");
    await loader.close();
  });
});

describe("position", () => {
  test.each([
    [0, [1, 3, 4, 6]],
    [2, [5]],
  ])("a restored loader continues exactly (%i workers)", async (num_workers, stops) => {
    const options = { batch_size_per_card: 3, shuffle: true, num_workers };
    const expected = await batches("good.txt", options, {}, 3);
    for (const stop of stops) {
      const first = new DataLoader(config("good.txt"), options, setup);
      const second = new DataLoader(config("good.txt"), options, setup);
      const found: Batch[] = [];
      while (found.length < stop) {
        for await (const batch of first.epoch()) if (found.push(batch) === stop) break;
      }
      second.position = JSON.parse(JSON.stringify(first.position));
      while (second.position.epoch < 3) found.push(...(await collect(second)));
      expect(found).toEqual(expected);
      await Promise.all([first.close(), second.close()]);
    }
  });
});

describe("unusable samples", () => {
  const reasons = { "unreadable file": 1, "unreadable image": 1, "label too long": 1 };

  test("are replaced in training, counted once each and reported", async () => {
    const loader = new DataLoader(config("mixed.txt"), { batch_size_per_card: 8 }, setup);
    const found = await collect(loader, 3);
    expect(found.map(({ size }) => size)).toEqual([8, 8, 8]);
    expect(loader.unusable.byReason).toEqual(reasons);
    expect(loader.unusable.summary()).toContain(`1 x label too long, such as ${join(folder, "mixed.txt")}, line 8: `);
    expect(loader.unusable.summary()).toContain("11 characters, at most 10 fit");
    expect(found[0].texts.slice(0, 5)).toEqual(["1000", "1001", "1002", "1003", "1004"]);
  });
  test("are left out in evaluation", async () => {
    const loader = new DataLoader(config("mixed.txt"), { batch_size_per_card: 3 }, { ...setup, mode: "eval" });
    const found = await collect(loader);
    expect(found.flatMap(({ texts }) => texts)).toEqual(["1000", "1001", "1002", "1003", "1004"]);
    expect(found.map(({ unusable }) => unusable.length)).toEqual([0, 1]);
    expect(loader.unusable.count).toBe(3);
    expect(loader.unusable.byReason).toEqual(reasons);
  });
  test("if there is nothing else, training stops with the reasons", async () => {
    for (const num_workers of [0, 1]) {
      const loader = new DataLoader(config("bad.txt"), { batch_size_per_card: 2, num_workers }, setup);
      await expect(collect(loader)).rejects.toThrow(
        /100 samples in a row cannot be used \(.*label too long.*bad\.txt, line/,
      );
      await loader.close();
    }
  });
  test("labels can be checked without reading images", async () => {
    const dataSet = new SimpleDataSet(config("mixed.txt"), setup);
    const found = await Promise.all(Array.from({ length: dataSet.size }, (_, line) => dataSet.checkLabel(line)));
    expect(found.filter((problem) => problem !== undefined)).toMatchObject([{ line: 7, reason: "label too long" }]);
  });
});

describe("SimpleDataSet", () => {
  test("draws a part of each file for every epoch", () => {
    const files = [join(folder, "good.txt"), join(folder, "mixed.txt")];
    const dataSet = new SimpleDataSet(config("", { label_file_list: files, ratio_list: [0.5, 1] }), setup);
    const first = dataSet.linesOf(0);
    expect(first.length).toBe(Math.round(11 * 0.5) + 8);
    expect(first.filter((line) => line >= 11)).toEqual([11, 12, 13, 14, 15, 16, 17, 18]);
    expect(dataSet.linesOf(0)).toEqual(first);
    expect([1, 2, 3].some((epoch) => dataSet.linesOf(epoch).join() !== first.join())).toBe(true);
    const evaluation = new SimpleDataSet(config("good.txt", { ratio_list: 0.5 }), { ...setup, mode: "eval" });
    expect(evaluation.linesOf(1)).toEqual(evaluation.linesOf(0));
  });
  test("draws one image of a list, another one in another epoch", async () => {
    const found = await batches("lists.txt", { batch_size_per_card: 30 }, {}, 2);
    expect(new Set(found[0].paths).size).toBe(3);
    expect(found[0].paths).not.toEqual(found[1].paths);
  });
  test.each<[string, Partial<DataSetConfig>, string]>([
    ["a ratio above 1", { ratio_list: 1.5 }, "a ratio is from 0 to 1, found 1.5"],
    ["too many ratios", { ratio_list: [1, 1] }, "2 ratios for 1 label files"],
    ["a missing label file", { label_file_list: "/nowhere/list.txt" }, "cannot read /nowhere/list.txt"],
    ["an unknown kind", { name: "SimpleDataset" }, 'no data set "SimpleDataset"; the nearest name is "SimpleDataSet"'],
  ])("%s is an error", (_, more, message) => {
    expect(() => new DataLoader(config("good.txt", more), { batch_size_per_card: 1 }, setup)).toThrow(message);
  });
  test("wrong loader settings are errors", () => {
    expect(() => new DataLoader(config("good.txt"), { batch_size_per_card: 0 }, setup)).toThrow("batch_size_per_card");
    expect(() => new DataLoader(config("good.txt"), { batch_size_per_card: 1, num_workers: 0.5 }, setup)).toThrow(
      "num_workers",
    );
  });
});

test("in evaluation processes take turns with whole batches", async () => {
  const loaders = [0, 1].map(
    (rank) =>
      new DataLoader(config("good.txt"), { batch_size_per_card: 2 }, { ...setup, mode: "eval" }, undefined, {
        rank,
        size: 2,
      }),
  );
  const [even, odd] = await Promise.all(loaders.map((loader) => collect(loader)));
  expect(even.map(({ index }) => index)).toEqual([0, 2, 4]);
  expect(odd.map(({ index }) => index)).toEqual([1, 3, 5]);
  const whole = await collect(
    new DataLoader(config("good.txt"), { batch_size_per_card: 2 }, { ...setup, mode: "eval" }),
  );
  expect([...even, ...odd].sort((a, b) => a.index - b.index)).toEqual(whole);
  expect(loaders[1].position).toEqual({ epoch: 1, batch: 0 });
});
