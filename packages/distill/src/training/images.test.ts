import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dictionaryOf } from "@retort/ocr-models";
import type { BytePicture, Sample } from "@retort/ocr-models/data";
import { afterAll, beforeAll, expect, test } from "vitest";
import { classCounts, parseConfig } from "../config/index.js";
import { imagePipeline, inferenceTransforms, readPicture } from "./images.js";

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
async function prepared(transforms: unknown[], path = image, picture?: BytePicture): Promise<Sample> {
  const overrides = { "Eval.dataset.transforms": [{ DecodeImage: null }, ...transforms, keep] };
  const dictionary = dictionaryOf("abc");
  const loaded = { ...parseConfig(config, { overrides }), dictionary, classes: classCounts(dictionary) };
  return imagePipeline(inferenceTransforms(loaded))(path, picture);
}

test("labels are not needed, and nothing changes images at random", async () => {
  const resize = { RecResizeImg: { image_shape: [3, 48, 160] } };
  const expected = await prepared([encode, resize]);
  expect(Object.keys(expected.fields)).toEqual(["image", "valid_ratio"]);
  expect(expected.fields.image.shape.slice(0, 2)).toEqual([3, 48]);
  const augmented = await prepared([{ RecAug: { reverse_prob: 1 } }, encode, resize]);
  expect(augmented.fields).toEqual(expected.fields);
});

test("SVTRRecResizeImg gives its width whatever the image", async () => {
  const { fields } = await prepared([encode, { SVTRRecResizeImg: { image_shape: [3, 48, 20] } }]);
  expect(fields.image.shape).toEqual([3, 48, 20]);
});

test("a picture that is there already is not read from its file", async () => {
  const resize = { RecResizeImg: { image_shape: [3, 48, 160] } };
  const picture = await readPicture(image);
  const { fields } = await prepared([encode, resize], "no such file", picture);
  expect(fields).toEqual((await prepared([encode, resize])).fields);
  await expect(readPicture("no such file")).rejects.toThrow("no such file cannot be read: ENOENT");
});

test("an image that cannot be read is named", async () => {
  const path = join(folder, "broken.png");
  writeFileSync(path, "no image");
  const resize = { RecResizeImg: { image_shape: [3, 48, 160] } };
  await expect(prepared([encode, resize], path)).rejects.toThrow(`${path} cannot be read: unreadable image`);
});
