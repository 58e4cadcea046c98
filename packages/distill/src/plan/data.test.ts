import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dictionaryOf } from "@retort/ocr-models";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { classCounts, type LoadedConfig, parseConfig } from "../config/index.js";
import type { TransformConfig } from "../config/schema/transform.js";
import { findData } from "./data.js";
import { dataLines } from "./lines.js";

const quickstart = new URL("../../../../configs/rec/quickstart.yml", import.meta.url).pathname;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-plan-data-"));
  const points = [
    [0, 0],
    [20, 0],
    [20, 9],
    [0, 9],
  ];
  const labels = [
    [
      { transcription: "漢字", points },
      { transcription: "###", points },
    ],
    [{ transcription: "b", points }],
    [{ transcription: "c", points: points.slice(1) }],
    "text",
    [{ transcription: "d", points }],
  ];
  const line = (label: unknown, i: number): string =>
    `${i}.png\t${typeof label === "string" ? label : JSON.stringify(label)}\n`;
  writeFileSync(join(folder, "train.txt"), labels.map(line).join(""));
  const page = sharp({ create: { width: 24, height: 12, channels: 3, background: "white" } });
  for (let i = 0; i < 4; i++)
    await page
      .clone()
      .png()
      .toFile(join(folder, `${i}.png`));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("label files of detection: regions are counted, bad labels and missing images reported, texts not looked up", async () => {
  const parsed = parseConfig(readFileSync(quickstart, "utf8"));
  const dictionary = dictionaryOf("abc");
  const transforms: TransformConfig[] = [
    { name: "DecodeImage", imgMode: "BGR" },
    { name: "DetLabelEncode" },
    { name: "KeepKeys", keepKeys: ["polys"] },
  ];
  const dataset = {
    ...parsed.config.train.dataset,
    dataDir: folder,
    labelFiles: [join(folder, "train.txt")],
    transforms,
  };
  const config = { ...parsed.config, train: { ...parsed.config.train, dataset } };
  const loaded: LoadedConfig = { ...parsed, config, dictionary, classes: classCounts(dictionary) };
  const found = await findData(loaded, "Train");
  expect(found).toMatchObject({ unknownCharacters: [], regions: { count: 4, ignored: 1 }, linesPerEpoch: 5 });
  expect(Object.entries(found.unusable).map(([reason, { count }]) => [reason, count])).toEqual([
    ["region with fewer than 4 corners", 1],
    ["label is no JSON", 1],
    ["image missing", 1],
  ]);
  const lines = dataLines(found);
  expect(lines).toContain("Train: 4 regions of text, 1 of them to ignore");
  expect(lines.join("\n")).toMatch(/1 cannot be used: image missing, such as .*train\.txt, line 5: there is no 4\.png/);
});
