import { readdirSync, readFileSync } from "node:fs";
import { dictionaryOf, type HeadClasses, type NetworkOptions } from "@retort/ocr-models";
import { makePipeline } from "@retort/ocr-models/data";
import { describe, expect, test } from "vitest";
import { classCounts, dataSections, type NetworkConfig, parseConfig } from "./index.js";

const folder = new URL("../../../../configs/rec/", import.meta.url);
const shipped = readdirSync(folder).filter((name) => name.endsWith(".yml"));

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

test("a checked network, and class counts, have the types of the model builder", () => {
  const network = (config: NetworkConfig): NetworkOptions => config;
  const classes: HeadClasses = classCounts(dictionaryOf("abc"));
  expect(network).toBeTypeOf("function");
  expect(classes).toEqual({ ctc: 4, sar: 6, sarIgnoreIndex: 5, nrtr: 7 });
});
