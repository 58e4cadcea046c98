import { Random } from "@retort/tensor/random";
import { describe, expect, test } from "vitest";
import { dictionaryOf } from "../text/dictionary.js";
import type { LabelSetup } from "./label-transforms.js";
import { normalizeImage, toChwImage } from "./normalize-image.js";
import { recResizeImg, svtrRecResizeImg } from "./rec-resize-img.js";
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
    ["an option of an augmentation", [{ RecAug: { tia_prob: 2 } }, keep], "RecAug.tia_prob: expected a probability"],
    [
      "an option that only RecResizeImg has",
      [{ SVTRRecResizeImg: { eval_mode: true } }, keep],
      "SVTRRecResizeImg: unknown",
    ],
    [
      "SVTR shape",
      [{ SVTRRecResizeImg: { image_shape: [48, 320, 3] } }, keep],
      "SVTRRecResizeImg.image_shape: expected [3",
    ],
    [
      "texts joined after they have been encoded",
      [{ MultiLabelEncode: null }, { RecConAug: null }, keep],
      "transforms[1].RecConAug: it changes what MultiLabelEncode reads, so it has to stand before it",
    ],
    [
      "pictures changed after they have been resized",
      [{ RecResizeImg: { image_shape: [3, 8, 40] } }, { MultiLabelEncode: null }, { RecAug: null }, keep],
      "transforms[2].RecAug: it changes what RecResizeImg reads, so it has to stand before it",
    ],
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
  test("eval_mode lets the width grow as inference does, unless the latter has no dictionary", async () => {
    const evaluated = await resized({ eval_mode: true, padding: false }, 8, 100);
    expect(evaluated.fields).toEqual((await resized({ infer_mode: true }, 8, 100)).fields);
    expect(evaluated.fields.image.shape).toEqual([3, 8, 100]);
    expect((await resized({ infer_mode: true, character_dict_path: null }, 8, 100)).fields.image.shape).toEqual([
      3, 8, 40,
    ]);
  });
  test("SVTRRecResizeImg does the same as in training", async () => {
    for (const padding of [true, false]) {
      for (const width of [1, 13, 40, 100]) {
        const svtr = svtrRecResizeImg({ image_shape: [3, 8, 40], padding });
        const { fields } = (await svtr(sample({ picture: picture(9, width) }), context)) as Sample;
        expect(fields).toEqual((await resized({ padding }, 9, width)).fields);
        expect(fields.image.shape).toEqual([3, 8, 40]);
      }
    }
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

describe("a pipeline that augments", () => {
  const list: TransformConfig[] = [
    { RecAug: null },
    { RecAug: null },
    { MultiLabelEncode: null },
    { RecResizeImg: { image_shape: [3, 24, 40] } },
    { KeepKeys: { keep_keys: ["image"] } },
  ];
  const run = async (seed: number, transforms = list): Promise<Sample> => {
    const pipeline = makePipeline(transforms, setup);
    return (await pipeline.run(sample({ picture: picture(24, 40) }), { random: new Random(seed) })) as Sample;
  };

  test("draws from the generator only, for each step by itself", async () => {
    for (let seed = 0; seed < 10; seed++) expect((await run(seed)).fields).toEqual((await run(seed)).fields);
    expect((await run(1)).fields).not.toEqual((await run(2)).fields);
    const inverting = { reverse_prob: 0.5, tia_prob: 0, crop_prob: 0, blur_prob: 0, hsv_aug_prob: 0, noise_prob: 0 };
    const inverted = async (seed: number, times: number): Promise<boolean> => {
      const steps = Array.from({ length: times }, (): TransformConfig => ({ RecAug: inverting }));
      const { picture: result } = await run(seed, [...steps, ...list.slice(2)]);
      return result?.data[0] === 255 - picture(24, 40).data[0];
    };
    const seeds = Array.from({ length: 20 }, (_, seed) => seed);
    const once = await Promise.all(seeds.map((seed) => inverted(seed, 1)));
    const twice = await Promise.all(seeds.map((seed) => inverted(seed, 2)));
    expect(new Set(once)).toEqual(new Set([true, false]));
    // Were the draws of both steps the same, the second would always undo the first.
    expect(twice).toContain(true);
  });
  test("can be run in part, and without its picture", async () => {
    const pipeline = makePipeline(list, setup);
    const begun = (await pipeline.runFirst(2, sample({ picture: picture(24, 40) }), context)) as Sample;
    expect(begun.fields).toEqual({});
    expect(begun.picture).toBeDefined();
    const checked = await pipeline.checkLabel(sample(), context);
    expect(Object.keys((checked as Sample).fields)).toEqual(["label_ctc", "label_sar", "length"]);
    expect(pipeline.takesFurtherAt).toBeUndefined();
    const joining = makePipeline([{ DecodeImage: null }, { RecConAug: null }, ...list], setup);
    expect(joining.takesFurtherAt).toBe(1);
  });
});
