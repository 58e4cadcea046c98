import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dictionaryOf } from "@retort/ocr-models";
import { describe, expect, test } from "vitest";
import { classCounts } from "../config/classes.js";
import { type LoadedConfig, parseConfig } from "../config/index.js";
import { textDecoding } from "../training/text-reader.js";
import { describeNetwork, imageHeight } from "./description.js";
import { imageShapeOf, metadataOf, readMetadata } from "./metadata.js";

const shipped = (name: string, overrides: Record<string, unknown> = {}): LoadedConfig => {
  const file = new URL(`../../../../configs/${name}.yml`, import.meta.url);
  const dictionary = dictionaryOf("abc\u4e2d", { useSpaceChar: true });
  return { ...parseConfig(readFileSync(file, "utf8"), { overrides }), dictionary, classes: classCounts(dictionary) };
};

test.each([
  ["rec/pp-ocrv3-distillation", "Student", "rec"],
  ["rec/pp-ocrv3-small", "", "rec"],
  ["det/pp-ocrv3-cml", "Student2", "det"],
])("%s: what is written of a network is read again", async (name, model, type) => {
  const loaded = shipped(name);
  const { config, dictionary } = loaded;
  const description = await describeNetwork(loaded, model);
  const found = readMetadata(metadataOf(description, "1.2.3"), "a.onnx");
  const section =
    config.architecture.kind === "single"
      ? config.architecture.network
      : config.architecture.models.find((each) => each.name === model);
  expect(section).toMatchObject(found.network);
  expect(found.network.modelType).toBe(type);
  expect(found.model).toBe(model);
  expect(found.transforms).toEqual(JSON.parse(JSON.stringify(description.transforms)));
  if (type === "rec") {
    expect(found.dictionary.characters).toEqual(dictionary.characters);
    expect(found.classes).toEqual(loaded.classes);
    expect(found.postProcess).toEqual({ decoder: "ctc", models: [model], feature: "head_out" });
    expect(imageShapeOf(found.transforms)[1]).toBe(imageHeight(loaded));
  } else {
    const options = config.postProcess.decoder === "db" ? config.postProcess.options : expect.fail("no boxes");
    expect(found.postProcess).toMatchObject({ decoder: "db", models: [model], feature: "maps", options });
    expect(imageShapeOf(found.transforms)).toEqual([3, 0, 0]);
  }
});

test("a network is described without what concerns its training", async () => {
  const loaded = shipped("rec/pp-ocrv3-distillation", {
    "Architecture.Models.Student.pretrained": "first.safetensors",
    "Architecture.Models.Student.freeze_params": true,
  });
  const { architecture } = await describeNetwork(loaded, "Student");
  expect(Object.keys(architecture).filter((key) => /pretrained|freeze/.test(key))).toEqual([]);
});

test("a lexicon and places of words come along", async () => {
  const lexicon = join(mkdtempSync(join(tmpdir(), "retort-metadata-")), "words.txt");
  writeFileSync(lexicon, "ab\nba\n");
  const name = { name: "CTCLabelDecode", beam_width: 4, lexicon, return_word_box: true };
  const loaded = shipped("rec/pp-ocrv3-small", { PostProcess: name });
  const { postProcess, dictionary, ...found } = readMetadata(
    metadataOf(await describeNetwork(loaded, ""), "1.2.3"),
    "a",
  );
  const wanted = { decoder: "ctc", beam: { width: 4, lexicon }, wordBoxes: true };
  expect(postProcess).toMatchObject(wanted);
  if (postProcess.decoder === "db") expect.fail("finds boxes");
  // Blank, a, b, c and two others at each of two steps: "a" alone is the likeliest, but no word.
  const data = Float32Array.of(0.3, 0.6, 0.1, 0, 0, 0, 0.6, 0.1, 0.3, 0, 0, 0);
  const probabilities = { shape: [1, 2, 6], data };
  const [reading] = textDecoding(postProcess, dictionary, found.lexicon)(probabilities, { fields: {} });
  expect(reading.text).toBe("ab");
  expect(reading.words?.map(({ text }) => text)).toEqual(["ab"]);
});

test("programs of others find sizes, numbers and characters", async () => {
  const metadata = metadataOf(await describeNetwork(shipped("det/pp-ocrv3-cml"), "Student"), "1.2.3");
  expect(JSON.parse(metadata.get("normalization") ?? "")).toMatchObject({
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    channels: "BGR",
  });
  expect(metadata.has("character")).toBe(false);
  const text = metadataOf(await describeNetwork(shipped("rec/pp-ocrv3-distillation"), "Student"), "1.2.3");
  expect(text.get("character")).toBe("a\nb\nc\n\u4e2d\n ");
  expect(text.get("retort_version")).toBe("1.2.3");
});

describe("metadata that cannot be read name the file", () => {
  const good = async (): Promise<Map<string, string>> =>
    metadataOf(await describeNetwork(shipped("rec/pp-ocrv3-small"), ""), "9.0.0");

  test("of another program", () =>
    expect(() => readMetadata(new Map([["character", "a"]]), "b.onnx")).toThrow(
      'b.onnx does not say what it is: expected the metadata that "retort export" writes',
    ));

  test("with something missing", async () => {
    const metadata = await good();
    metadata.delete("transforms");
    expect(() => readMetadata(metadata, "b.onnx")).toThrow('b.onnx: its metadata lack "transforms"');
  });

  test("that is no JSON", async () => {
    const metadata = (await good()).set("post_process", "{");
    expect(() => readMetadata(metadata, "b.onnx")).toThrow('b.onnx: its metadata "post_process" is no JSON');
  });

  test("of a later version", async () => {
    const metadata = (await good()).set("post_process", '{"name": "CTCLabelDecode", "smooth": 1}');
    expect(() => readMetadata(metadata, "b.onnx")).toThrow(/b\.onnx has 1 problem.*9\.0\.0.*smooth: unknown key/s);
  });
});
