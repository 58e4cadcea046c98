import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dictionaryOf } from "@retort/ocr-models";
import type { Batch } from "@retort/ocr-models/data";
import { afterAll, beforeAll, expect, test } from "vitest";
import { classCounts, parseConfig } from "../config/index.js";
import { readImages } from "./images.js";

const image = new URL("../../../../fixtures/images/plain.png", import.meta.url).pathname;
const config = readFileSync(new URL("../../../../configs/rec/pp-ocrv3-small.yml", import.meta.url), "utf8");
const encode = { MultiLabelEncode: null };
const keep = { KeepKeys: { keep_keys: ["image", "label_ctc", "label_sar", "length", "valid_ratio"] } };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "retort-images-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What an image becomes through these transforms of Eval. */
async function batchOf(transforms: unknown[], path = image): Promise<Batch> {
  const overrides = { "Eval.dataset.transforms": [{ DecodeImage: null }, ...transforms, keep] };
  const dictionary = dictionaryOf("abc");
  const loaded = { ...parseConfig(config, { overrides }), dictionary, classes: classCounts(dictionary) };
  for await (const { batch } of readImages(loaded, [path])) return batch;
  throw new Error("no batch");
}

test("labels are not needed, and nothing changes images at random", async () => {
  const resize = { RecResizeImg: { image_shape: [3, 48, 160] } };
  const expected = await batchOf([encode, resize]);
  expect(Object.keys(expected.fields)).toEqual(["image", "valid_ratio"]);
  expect(expected.fields.image.shape.slice(0, 3)).toEqual([1, 3, 48]);
  expect(await batchOf([{ RecAug: { reverse_prob: 1 } }, encode, resize])).toEqual(expected);
});

test("SVTRRecResizeImg gives its width whatever the image", async () => {
  const { fields } = await batchOf([encode, { SVTRRecResizeImg: { image_shape: [3, 48, 20] } }]);
  expect(fields.image.shape).toEqual([1, 3, 48, 20]);
});

test("an image that cannot be read is named", async () => {
  const path = join(folder, "broken.png");
  writeFileSync(path, "no image");
  const resize = { RecResizeImg: { image_shape: [3, 48, 160] } };
  await expect(batchOf([encode, resize], path)).rejects.toThrow(`${path} cannot be read: unreadable image`);
});
