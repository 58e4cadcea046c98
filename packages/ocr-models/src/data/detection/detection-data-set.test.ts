import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { randomPicture } from "../../../../../fixtures/pictures.js";
import { rectangle } from "../../../../../fixtures/rectangle.js";
import { dictionaryOf } from "../../text/dictionary.js";
import type { Batch } from "../batch.js";
import { DataLoader, type LoaderConfig } from "../loader.js";
import type { Sample } from "../sample.js";
import { type DataSetConfig, type DataSetup, SimpleDataSet } from "../simple-data-set.js";
import { makePipeline, type TransformConfig } from "../transforms.js";

let folder = "";
const setup: DataSetup = { mode: "train", seed: 5, dictionary: dictionaryOf("a"), maxTextLength: 25 };
const count = 8;

const box = (left: number, top: number, width: number, height: number, transcription = "text"): object => ({
  transcription,
  points: rectangle(left, top, left + width, top + height),
});

/** Eight pictures of noise with three regions each, one of them to ignore; and lines that cannot be used. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-detection-"));
  const good: string[] = [];
  for (let i = 0; i < count; i++) {
    const { data, width, height } = randomPicture(100 + 3 * i, 120 + 5 * i, i);
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(join(folder, `${i}.png`));
    const regions = [box(10, 10, 60, 20), box(20, 50, 50 + i, 15), box(80, 60, 20, 20, "###")];
    good.push(`${i}.png\t${JSON.stringify(regions)}`);
  }
  const bad = [
    "0.png\ttext",
    "1.png\t[]",
    `2.png\t${JSON.stringify([
      {
        transcription: "a",
        points: [
          [1, 2],
          [3, 4],
        ],
      },
    ])}`,
    `missing.png\t${JSON.stringify([box(1, 1, 20, 20)])}`,
  ];
  writeFileSync(join(folder, "good.txt"), `${good.join("\n")}\n`);
  writeFileSync(join(folder, "mixed.txt"), `${[...good.slice(0, 4), ...bad].join("\n")}\n`);
});

afterAll(() => rmSync(folder, { recursive: true }));

const normalize: TransformConfig[] = [{ NormalizeImage: { scale: "1./255.", order: "hwc" } }, { ToCHWImage: null }];
const mapKeys = ["image", "threshold_map", "threshold_mask", "shrink_map", "shrink_mask"];

const training: TransformConfig[] = [
  { DecodeImage: { img_mode: "BGR", channel_first: false } },
  { DetLabelEncode: null },
  { CopyPaste: null },
  { IaaAugment: null },
  { EastRandomCropData: { size: [64, 96], max_tries: 50, keep_ratio: true } },
  { MakeBorderMap: { shrink_ratio: 0.4, thresh_min: 0.3, thresh_max: 0.7, total_epoch: 2 } },
  { MakeShrinkMap: { shrink_ratio: 0.4, min_text_size: 4, total_epoch: 2 } },
  ...normalize,
  { KeepKeys: { keep_keys: mapKeys } },
];

const testing: TransformConfig[] = [
  { DecodeImage: { img_mode: "BGR", channel_first: false } },
  { DetLabelEncode: null },
  { DetResizeForTest: { limit_side_len: 64, limit_type: "min" } },
  ...normalize,
  { KeepKeys: { keep_keys: ["image", "shape", "polys", "ignore_tags"] } },
];

const config = (file: string, transforms: TransformConfig[]): DataSetConfig => ({
  name: "SimpleDataSet",
  data_dir: folder,
  label_file_list: [join(folder, file)],
  transforms,
});

async function batches(data: DataSetConfig, options: LoaderConfig, more: Partial<DataSetup> = {}, epochs = 1) {
  const loader = new DataLoader(data, options, { ...setup, ...more });
  const found: Batch[] = [];
  try {
    for (let i = 0; i < epochs; i++) for await (const batch of loader.epoch()) found.push(batch);
    return { found, unusable: loader.unusable };
  } finally {
    await loader.close();
  }
}

describe("batches for training", () => {
  const options = { batch_size_per_card: 4, shuffle: true };

  test("hold pictures and maps of one size, in the order of KeepKeys", async () => {
    const { found } = await batches(config("good.txt", training), options);
    expect(found).toHaveLength(2);
    for (const { fields } of found) {
      expect(Object.entries(fields).map(([key, { shape }]) => [key, ...shape])).toEqual([
        ["image", 4, 3, 96, 64],
        ...mapKeys.slice(1).map((key) => [key, 4, 96, 64]),
      ]);
      expect(new Set(fields.shrink_map.data)).toEqual(new Set([0, 1]));
      expect(new Set(fields.threshold_mask.data)).toEqual(new Set([0, 1]));
      expect(fields.threshold_map.data.every((value) => value >= Math.fround(0.3) && value <= 0.7000001)).toBe(true);
    }
  });
  test.each([1, 2])("are those of the main thread in %i workers, bit by bit", async (num_workers) => {
    const expected = await batches(config("good.txt", training), options, {}, 2);
    expect((await batches(config("good.txt", training), { ...options, num_workers }, {}, 2)).found).toEqual(
      expected.found,
    );
  });
  test("are others in another epoch and with another seed", async () => {
    const images = async (more: Partial<DataSetup>): Promise<unknown[]> => {
      const unshuffled = { batch_size_per_card: count };
      const { found } = await batches(config("good.txt", training), unshuffled, more, 2);
      return found.map(({ fields }) => fields.image.data);
    };
    const [first, second] = await images({});
    expect(second).not.toEqual(first);
    expect((await images({ seed: 6 }))[0]).not.toEqual(first);
    expect((await images({}))[0]).toEqual(first);
  });
  test("shrink regions less in later epochs where the config says so", async () => {
    const still = training.filter((entry) => !["CopyPaste", "IaaAugment"].includes(Object.keys(entry)[0]));
    const dataSet = new SimpleDataSet(config("good.txt", still), setup);
    const evaluation = new SimpleDataSet(config("good.txt", still), { ...setup, mode: "eval" });
    const share = async (set: SimpleDataSet, epoch: number): Promise<number> => {
      let [ones, all] = [0, 0];
      for (const line of set.linesOf(epoch)) {
        const { fields } = (await set.load(line, epoch)).sample as Sample;
        for (const [i, value] of fields.shrink_map.data.entries()) {
          ones += value;
          if (fields.threshold_mask.data[i] === 1) all++;
        }
      }
      return ones / all;
    };
    expect(await share(dataSet, 1)).toBeGreaterThan(await share(dataSet, 0));
    expect(await share(evaluation, 1)).toBe(await share(evaluation, 0));
  });
});

describe("batches for evaluation", () => {
  test("hold one picture each, in its own size, with its regions as the label has them", async () => {
    const { found } = await batches(config("good.txt", testing), { batch_size_per_card: 1 }, { mode: "eval" });
    expect(found).toHaveLength(count);
    found.forEach(({ fields }, i) => {
      const [, , height, width] = fields.image.shape;
      expect([height % 32, width % 32]).toEqual([0, 0]);
      expect(fields.shape.shape).toEqual([1, 4]);
      const [sourceHeight, sourceWidth, growsBy] = fields.shape.data;
      expect([sourceHeight, sourceWidth]).toEqual([100 + 3 * i, 120 + 5 * i]);
      expect(growsBy).toBeCloseTo(height / sourceHeight, 6);
      expect(fields.polys.shape).toEqual([1, 3, 4, 2]);
      expect([...fields.polys.data.subarray(0, 4)]).toEqual([10, 10, 70, 10]);
      expect(fields.ignore_tags).toEqual({ data: Int32Array.of(0, 0, 1), shape: [1, 3] });
    });
    expect(new Set(found.map(({ fields }) => fields.image.shape.join())).size).toBeGreaterThan(1);
  });
  test("of several pictures are an error that names two of them", async () => {
    await expect(batches(config("good.txt", testing), { batch_size_per_card: 8 }, { mode: "eval" })).rejects.toThrow(
      /"image" of .*\.png is \[3,.*\], of .*0\.png \[3,.*\]: they do not fit in one batch/,
    );
  });
});

describe("lines that cannot be used", () => {
  const reasons = {
    "label is no JSON": 1,
    "label without regions": 1,
    "region with fewer than 4 corners": 1,
    "unreadable file": 1,
  };
  test("are replaced in training, and counted by reason", async () => {
    const { found, unusable } = await batches(config("mixed.txt", training), { batch_size_per_card: 8 });
    expect(found.map(({ size }) => size)).toEqual([8]);
    expect(unusable.byReason).toEqual(reasons);
    expect(unusable.summary()).toContain("mixed.txt, line 7: ");
    expect(unusable.summary()).toContain("region 1 of 1: expected 4 points or more, found [[1,2],[3,4]]");
  });
  test("are left out in evaluation", async () => {
    const { found, unusable } = await batches(
      config("mixed.txt", testing),
      { batch_size_per_card: 1 },
      { mode: "eval" },
    );
    expect(found).toHaveLength(4);
    expect(unusable.byReason).toEqual(reasons);
  });
});

describe("lists of transforms that are wrong", () => {
  const cut = (...names: string[]): TransformConfig[] =>
    training.filter((entry) => names.includes(Object.keys(entry)[0]));
  const keep = training.at(-1) as TransformConfig;
  test.each<[string, TransformConfig[], string]>([
    [
      "pictures cropped after maps are drawn",
      [...cut("DecodeImage", "DetLabelEncode", "MakeBorderMap"), { EastRandomCropData: null }, keep],
      "EastRandomCropData: it changes what MakeBorderMap reads, so it has to stand before it",
    ],
    [
      "pictures turned after they are numbers",
      [...cut("DecodeImage", "DetLabelEncode"), ...normalize, { IaaAugment: null }, keep],
      "IaaAugment: it changes what NormalizeImage reads",
    ],
    ["a map that nothing makes", [...cut("DecodeImage", "MakeBorderMap"), ...normalize, keep], "MakeShrinkMap would"],
  ])("%s", (_, list, message) => expect(() => makePipeline(list, setup)).toThrow(message));
  test("copying from samples whose labels are not read", async () => {
    const data = { ...config("good.txt", training), ext_op_transform_idx: 1 };
    await expect(batches(data, { batch_size_per_card: 1 })).rejects.toThrow(
      /good\.txt, line \d, image .*: CopyPaste needs the regions of text/,
    );
  });
});
