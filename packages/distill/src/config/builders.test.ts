import { readdirSync, readFileSync } from "node:fs";
import { dictionaryOf, type HeadClasses, type NetworkOptions } from "@retort/ocr-models";
import { makePipeline } from "@retort/ocr-models/data";
import { describe, expect, test } from "vitest";
import { classCounts, dataSections, type NetworkConfig, parseConfig } from "./index.js";

const folder = new URL("../../../../configs/rec/", import.meta.url);
// The recipes of PP-OCRv4 wait for the labels and losses of NRTR.
const shipped = readdirSync(folder).filter((name) => /^(?!pp-ocrv4).*\.yml$/.test(name));

describe.each(shipped)("what the builders take of %s", (name) => {
  const { config } = parseConfig(readFileSync(new URL(name, folder), "utf8"), { file: name });

  test("the data pipeline takes the transforms", () => {
    const setup = { dictionary: dictionaryOf("abc"), maxTextLength: config.global.maxTextLength };
    for (const data of [config.train, config.evaluation]) {
      expect(makePipeline(dataSections(data).dataset.transforms, setup)).toBeTypeOf("object");
    }
  });

  test("sections go back to what the file says", () => {
    expect(dataSections(config.train)).toMatchObject({
      dataset: { name: "SimpleDataSet", delimiter: "\t", ratio_list: [1] },
      loader: { batch_size_per_card: config.train.loader.batchSize, shuffle: true, drop_last: true },
    });
  });
});

test("every option of the augmentation reaches the data pipeline", () => {
  const aug = { tia_prob: 0.1, crop_prob: 0.2, reverse_prob: 0.3, noise_prob: 0.5, jitter_prob: 0.6, blur_prob: 0.7 };
  const transforms = [
    { DecodeImage: { img_mode: "BGR" } },
    { RecConAug: { prob: 0.3, image_shape: [48, 160, 3], max_text_length: 20, ext_data_num: 2 } },
    { RecAug: { ...aug, hsv_aug_prob: 0.8 } },
    { MultiLabelEncode: null },
    { SVTRRecResizeImg: { image_shape: [3, 48, 160], padding: false } },
    { KeepKeys: { keep_keys: ["image", "label_ctc", "label_sar", "length", "valid_ratio"] } },
  ];
  const text = readFileSync(new URL("pp-ocrv3-small.yml", folder), "utf8");
  const overrides = { "Train.dataset.transforms": transforms, "Train.dataset.ext_op_transform_idx": 1 };
  const { dataset } = dataSections(parseConfig(text, { overrides }).config.train);
  expect(dataset).toMatchObject({ ext_op_transform_idx: 1, transforms });
  const pipeline = makePipeline(dataset.transforms, { dictionary: dictionaryOf("abc"), maxTextLength: 25 });
  expect(pipeline.takesFurtherAt).toBe(1);
});

test("a checked network, and class counts, have the types of the model builder", () => {
  const network = (config: NetworkConfig): NetworkOptions => config;
  const classes: HeadClasses = classCounts(dictionaryOf("abc"));
  expect(network).toBeTypeOf("function");
  expect(classes).toEqual({ ctc: 4, sar: 6, sarIgnoreIndex: 5, nrtr: 7 });
});
