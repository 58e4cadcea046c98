import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dictionaryOf } from "../text/dictionary.js";
import { DataLoader } from "./loader.js";
import type { DataSetConfig, DataSetup } from "./simple-data-set.js";
import type { TransformConfig } from "./transforms.js";

const image = (name: string): Buffer =>
  readFileSync(fileURLToPath(new URL(`../../../../fixtures/images/${name}`, import.meta.url)));

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "retort-bad-"));
  mkdirSync(join(folder, "folder.png"));
  for (const [name, bytes] of Object.entries({
    "good.jpg": image("plain.jpg"),
    "large.jpg": image("subsampled.jpg"),
    "cut.jpg": image("plain.jpg").subarray(0, 600),
    "cut.png": image("plain.png").subarray(0, 100),
    "empty.png": Buffer.alloc(0),
    "text.png": Buffer.from("no image"),
  })) {
    writeFileSync(join(folder, name), bytes);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const setup: DataSetup = { mode: "eval", seed: 1, dictionary: dictionaryOf("0123456789"), maxTextLength: 6 };
const resized: TransformConfig[] = [
  { DecodeImage: null },
  { CTCLabelEncode: null },
  { RecResizeImg: { image_shape: [3, 16, 40] } },
  { KeepKeys: { keep_keys: ["image", "label", "length"] } },
];

function loaderOf(labels: string | Uint8Array, more: Partial<DataSetup> = {}, transforms = resized): DataLoader {
  const list = join(folder, "labels.txt");
  writeFileSync(list, labels);
  const config: DataSetConfig = { name: "SimpleDataSet", data_dir: folder, label_file_list: list, transforms };
  return new DataLoader(config, { batch_size_per_card: 8 }, { ...setup, ...more });
}

/** The texts of an epoch. */
async function read(loader: DataLoader): Promise<string[]> {
  const texts: string[] = [];
  for await (const batch of loader.epoch()) texts.push(...batch.texts);
  return texts;
}

describe("one sample that cannot be used is left out and counted", () => {
  test.each<[string, string, string, RegExp]>([
    ["a missing image", "missing.jpg\t1", "unreadable file", /line 2: .*missing\.jpg: ENOENT/],
    ["a folder in its place", "folder.png\t1", "unreadable file", /EISDIR/],
    ["a JPEG that is cut off", "cut.jpg\t1", "unreadable image", /cut\.jpg: /],
    ["a PNG that is cut off", "cut.png\t1", "unreadable image", /cut\.png: /],
    ["an empty image file", "empty.png\t1", "unreadable image", /empty\.png: /],
    ["text in an image file", "text.png\t1", "unreadable image", /unsupported image format/],
    ["an empty label", "good.jpg\t", "label empty", /the label has no characters/],
    ["a label of unknown characters", "good.jpg\tabc", "label without a known character", /no character of "abc"/],
    ["a label that is too long", "good.jpg\t1234567", "label too long", /7 characters, at most 6 fit/],
    ["a label that CTC cannot align", "good.jpg\t112233", "label too long for CTC", /6 characters need 9 time steps/],
  ])("%s", async (_, line, reason, summary) => {
    const loader = loaderOf(`good.jpg\t12\n${line}\ngood.jpg\t34\n`, {
      ctcSteps: [{ height: 16, width: 40, steps: 8 }],
    });
    expect(await read(loader)).toEqual(["12", "34"]);
    expect(loader.unusable.byReason).toEqual({ [reason]: 1 });
    expect(loader.unusable.summary()).toMatch(summary);
  });
});

test("a byte order mark and Windows line ends are no part of paths and labels", async () => {
  const loader = loaderOf("\ufeffgood.jpg\t12\r\ngood.jpg\t34\r\n");
  expect(await read(loader)).toEqual(["12", "34"]);
  expect(loader.unusable.count).toBe(0);
});

test.each<[string, string | Uint8Array, RegExp]>([
  ["without tabs", "good.jpg 12\n", /labels\.txt, line 1: expected path, "\\t", label; found "good\.jpg 12"/],
  ["with a line that is cut off", "good.jpg\t1\ngood", /labels\.txt, line 2: expected path/],
  ["in UTF-16", Buffer.from("\ufeffgood.jpg\t12\n", "utf16le"), /labels\.txt, line 1: not UTF-8/],
  ["without lines", "\n\r\n", /no lines in .*labels\.txt/],
])("a label file %s is an error", (_, labels, message) => {
  expect(() => loaderOf(labels)).toThrow(message);
});

test("pictures of different shapes in one batch are an error that names both", async () => {
  const unsized: TransformConfig[] = [
    { DecodeImage: null },
    { NormalizeImage: { order: "hwc" } },
    { ToCHWImage: null },
    { KeepKeys: { keep_keys: ["image"] } },
  ];
  await expect(read(loaderOf("good.jpg\t1\nlarge.jpg\t2\n", {}, unsized))).rejects.toThrow(
    /"image" of .*large\.jpg is \[3,27,42\], of .*good\.jpg \[3,9,14\]: they do not fit in one batch/,
  );
});

describe("when no sample can be used", () => {
  const labels = "missing.jpg\t1\ngood.jpg\t1234567\n";
  test("training stops with the reasons", async () => {
    await expect(read(loaderOf(labels, { mode: "train" }))).rejects.toThrow(
      /100 samples in a row cannot be used \(\d+ x (unreadable file|label too long)/,
    );
  });
  test("evaluation gives no batch, and the reasons", async () => {
    const loader = loaderOf(labels);
    expect(await read(loader)).toEqual([]);
    expect(loader.unusable.byReason).toEqual({ "unreadable file": 1, "label too long": 1 });
  });
});
