import { Random } from "@retort/tensor/random";
import { describe, expect, test } from "vitest";
import { dictionaryOf } from "../text/dictionary.js";
import type { LabelSetup } from "./label-transforms.js";
import { normalizeImage, toChwImage } from "./normalize-image.js";
import { recResizeImg } from "./rec-resize-img.js";
import { Rejection, type Sample } from "./sample.js";
import { makePipeline, type TransformConfig } from "./transforms.js";

const setup: LabelSetup = { dictionary: dictionaryOf("abc"), maxTextLength: 8 };
const context = { random: new Random(0) };
const sample = (more: Partial<Sample> = {}): Sample => ({
  path: "a.png",
  label: "abc",
  read: () => Promise.reject(new Error("no file")),
  fields: {},
  ...more,
});
const picture = (height: number, width: number): { data: Uint8Array; height: number; width: number } => ({
  data: Uint8Array.from({ length: height * width * 3 }, (_, i) => (i * 37) % 256),
  height,
  width,
});

describe("configs that are wrong", () => {
  const keep: TransformConfig = { KeepKeys: { keep_keys: ["label_ctc"] } };
  const cases: [string, TransformConfig[], string][] = [
    ["unknown name", [{ RecResizImg: null }, keep], 'no transform "RecResizImg"; the nearest name is "RecResizeImg"'],
    ["a name inherited by every object", [{ toString: null }, keep], 'no transform "toString"'],
    ["two names", [{ DecodeImage: null, KeepKeys: null }, keep], "transforms[0]: expected one name"],
    ["options", [{ DecodeImage: [] as unknown as null }, keep], "transforms[0].DecodeImage: expected options"],
    [
      "unknown option",
      [{ DecodeImage: { img_mod: "BGR" } }, keep],
      'unknown option "img_mod"; did you mean "img_mode"?',
    ],
    ["value", [{ DecodeImage: { img_mode: "GRAY" } }, keep], 'img_mode: expected "BGR" or "RGB", found "GRAY"'],
    ["shape", [{ RecResizeImg: { image_shape: [1, 48, 320] } }, keep], "expected [3, height, width], found [1,48,320]"],
    ["no shape", [{ RecResizeImg: null }, keep], "RecResizeImg.image_shape: expected a list of numbers"],
    ["no KeepKeys", [{ MultiLabelEncode: null }], "the last one must be KeepKeys"],
    ["missing key", [keep], 'KeepKeys: no transform of this list gives "label_ctc"; MultiLabelEncode would'],
    [
      "mistyped key",
      [{ MultiLabelEncode: null }, { KeepKeys: { keep_keys: ["lenght"] } }],
      'gives "lenght"; did you mean "length"?',
    ],
    ["empty keys", [{ KeepKeys: { keep_keys: [] } }], "expected a list of names, found []"],
  ];
  for (const [name, list, message] of cases) test(name, () => expect(() => makePipeline(list, setup)).toThrow(message));
});

describe("labels", () => {
  const run = (name: string, label: string, keys: string[]): Promise<Sample | Rejection> =>
    makePipeline([{ [name]: null }, { KeepKeys: { keep_keys: keys } }], setup).run(sample({ label }), context);

  test("fields come in the order of KeepKeys", async () => {
    const { fields } = (await run("MultiLabelEncode", "ab", ["length", "label_sar", "label_ctc"])) as Sample;
    expect(Object.entries(fields)).toEqual([
      ["length", { data: Int32Array.of(2), shape: [] }],
      ["label_sar", { data: Int32Array.of(4, 0, 1, 4, 5, 5, 5, 5), shape: [8] }],
      ["label_ctc", { data: Int32Array.of(1, 2, 0, 0, 0, 0, 0, 0), shape: [8] }],
    ]);
  });
  test("CTCLabelEncode and SARLabelEncode", async () => {
    const ctc = (await run("CTCLabelEncode", "cc", ["label", "label_ace"])) as Sample;
    expect(ctc.fields.label_ace.data).toEqual(Int32Array.of(6, 0, 0, 2));
    const sar = (await run("SARLabelEncode", "c", ["label"])) as Sample;
    expect(sar.fields.label.data).toEqual(Int32Array.of(4, 2, 4, 5, 5, 5, 5, 5));
  });
  test("NRTRLabelEncode, alone and beside CTC", async () => {
    const alone = (await run("NRTRLabelEncode", "cb", ["label", "length"])) as Sample;
    expect(alone.fields.label.data).toEqual(Int32Array.of(2, 6, 5, 3, 0, 0, 0, 0));
    expect(alone.fields.length.data).toEqual(Int32Array.of(2));
    const both = makePipeline(
      [
        { MultiLabelEncode: { gtc_encode: "NRTRLabelEncode" } },
        { KeepKeys: { keep_keys: ["label_gtc", "label_ctc"] } },
      ],
      setup,
    );
    const { fields } = (await both.run(sample({ label: "cb" }), context)) as Sample;
    expect(fields.label_gtc.data).toEqual(alone.fields.label.data);
    expect(fields.label_ctc.data).toEqual(Int32Array.of(3, 2, 0, 0, 0, 0, 0, 0));
    expect(() => makePipeline([{ MultiLabelEncode: { gtc_encode: "NRTR" } }], setup)).toThrow(
      'gtc_encode: expected "" or "SARLabelEncode" or "NRTRLabelEncode", found "NRTR"',
    );
  });
  test.each([
    ["", "label empty"],
    ["abcabca", "label too long"],
    ["xyz", "label without a known character"],
  ])("%j is rejected as %s", async (label, reason) => {
    expect(await run("MultiLabelEncode", label, ["length"])).toMatchObject({ reason });
    expect(await run("MultiLabelEncode", label, ["length"])).toBeInstanceOf(Rejection);
  });
});

describe("RecResizeImg", () => {
  const resized = async (options: object, height: number, width: number): Promise<Sample> =>
    (await recResizeImg({ image_shape: [3, 8, 40], ...options })(
      sample({ picture: picture(height, width) }),
      context,
    )) as Sample;

  test("a picture of the right height is only normalised, transposed and padded", async () => {
    const { fields } = await resized({}, 8, 30);
    const source = picture(8, 30).data;
    for (const [c, y, x] of [
      [0, 0, 0],
      [1, 3, 7],
      [2, 7, 29],
    ]) {
      const expected = (source[(y * 30 + x) * 3 + c] / 255 - 0.5) / 0.5;
      expect(fields.image.data[(c * 8 + y) * 40 + x]).toBeCloseTo(expected, 6);
    }
    expect([30, 39].map((x) => fields.image.data[x])).toEqual([0, 0]);
    expect(fields.valid_ratio.data[0]).toBe(0.75);
  });
  test("wide pictures are squeezed in training and keep their shape in inference", async () => {
    expect((await resized({}, 8, 100)).fields.image.shape).toEqual([3, 8, 40]);
    const { fields } = await resized({ infer_mode: true }, 8, 100);
    expect(fields.image.shape).toEqual([3, 8, 100]);
    expect(fields.valid_ratio.data[0]).toBe(1);
    expect((await resized({ infer_mode: true }, 8, 20)).fields.image.shape).toEqual([3, 8, 40]);
  });
  test("padding: false fills the width", async () => {
    const { fields } = await resized({ padding: false }, 8, 10);
    expect(fields.valid_ratio.data[0]).toBe(1);
    expect(fields.image.data.subarray(35, 40).every((v) => v !== 0)).toBe(true);
  });
  test("without a decoded image it says so", async () => {
    await expect(recResizeImg({ image_shape: [3, 8, 40] })(sample(), context)).rejects.toThrow(
      "put DecodeImage before it",
    );
  });
});

test("NormalizeImage and ToCHWImage follow their formula", () => {
  const options = { scale: "1./255.", mean: [0.1, 0.2, 0.3], std: [0.5, 0.25, 2], order: "hwc" };
  const normal = normalizeImage(options)(sample({ picture: picture(2, 3) }), context) as Sample;
  const { image } = (toChwImage({})(normal, context) as Sample).fields;
  expect(image.shape).toEqual([3, 2, 3]);
  const source = picture(2, 3).data;
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < 6; i++) {
      expect(image.data[c * 6 + i]).toBeCloseTo((source[i * 3 + c] / 255 - options.mean[c]) / options.std[c], 5);
    }
  }
  expect(() => normalizeImage({ scale: "1/2/3" })).toThrow('expected a number or a quotient, found "1/2/3"');
  expect(() => normalizeImage({ mean: [1] })).toThrow("NormalizeImage.mean: expected 3 numbers");
  expect(() => normalizeImage({ order: "chw" })).toThrow('expected "hwc", found "chw"');
});
