import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readRegions } from "../../../ocr-models/src/data/detection/det-label-encode.js";
import type { Region } from "../../../ocr-models/src/data/detection/region.js";
import { parseLabels } from "./label-file.js";
import { writeDataset } from "./write.js";

const folder = (): string => mkdtempSync(join(tmpdir(), "retort-synth-"));
const read = (out: string, name: string): string => readFileSync(join(out, name), "utf8");
const options = { alphabet: "9876543210", length: [1, 3] as const, count: 40, val: 10, seed: 2 };

test("a data set in PaddleOCR's format", async () => {
  const out = join(folder(), "new", "set");
  const progress: string[] = [];
  const onProgress = (done: number, total: number): void => void progress.push(`${done}/${total}`);
  const report = await writeDataset({ ...options, out, onProgress });
  expect(report).toMatchObject({ out, train: 40, val: 10, characters: 10, space: false, dropped: [] });
  expect(Object.values(report.fonts).reduce((sum, count) => sum + count, 0)).toBe(50);
  expect(read(out, "dict.txt")).toBe("9\n8\n7\n6\n5\n4\n3\n2\n1\n0\n");
  expect(progress).toContain("40/50");
  expect(progress.at(-1)).toBe("50/50");
  for (const [part, count] of [
    ["train", 40],
    ["val", 10],
  ] as const) {
    const lines = read(out, `${part}.txt`).split("\n");
    expect(lines.pop()).toBe("");
    expect(lines).toHaveLength(count);
    for (const line of lines) {
      expect(line).toMatch(new RegExp(`^images/${part}/\\d{5}\\.(jpg|png)\\t\\d{1,3}$`));
      expect(existsSync(join(out, line.split("\t")[0]))).toBe(true);
    }
  }
  const held = new Set(parseLabels(read(out, "val.txt"), "val.txt"));
  expect(held.size).toBe(10);
  for (const text of parseLabels(read(out, "train.txt"), "train.txt")) expect(held.has(text)).toBe(false);
});

test("the same seed writes the same bytes", async () => {
  const [a, b] = [folder(), folder()];
  await writeDataset({ ...options, out: a });
  await writeDataset({ ...options, out: b });
  for (const name of readdirSync(a, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
    const path = join(name.parentPath, name.name);
    expect(readFileSync(join(b, path.slice(a.length))).equals(readFileSync(path)), path).toBe(true);
  }
});

test("excluded texts occur nowhere", async () => {
  const out = folder();
  await writeDataset({ alphabet: "01", length: [2, 2], count: 20, val: 1, exclude: ["00", "11"], out });
  expect(new Set(parseLabels(read(out, "train.txt") + read(out, "val.txt"), "labels"))).toEqual(new Set(["01", "10"]));
});

test("a folder with something in it is left alone, unless forced; forced, only the generator's own files go", async () => {
  const out = folder();
  writeFileSync(join(out, "notes.txt"), "mine");
  await expect(writeDataset({ ...options, out })).rejects.toThrow(/is not empty \(notes.txt/);
  expect(readdirSync(out)).toEqual(["notes.txt"]);
  await writeDataset({ ...options, out, force: true });
  await writeDataset({ ...options, count: 3, val: 0, out, force: true });
  expect(readdirSync(join(out, "images", "train"))).toHaveLength(3);
  expect(existsSync(join(out, "val.txt"))).toBe(false);
  expect(read(out, "notes.txt")).toBe("mine");
});

test("bad options leave no folder behind", async () => {
  const out = join(folder(), "never");
  await expect(writeDataset({ ...options, length: [3, 1], out })).rejects.toThrow(/text length/);
  expect(existsSync(out)).toBe(false);
});

test("an interrupt stops within a few images and leaves no label file", async () => {
  const out = folder();
  const stop = new AbortController();
  const onProgress = (done: number): void => {
    if (done >= 5) stop.abort();
  };
  await expect(writeDataset({ ...options, out, onProgress, signal: stop.signal })).rejects.toThrow(/abort/i);
  expect(readdirSync(join(out, "images", "train"))).toHaveLength(16);
  expect(existsSync(join(out, "train.txt"))).toBe(false);
});

test("a space in the alphabet is reported, since the dictionary does not carry it", async () => {
  const out = folder();
  const report = await writeDataset({ alphabet: "a b", count: 5, out });
  expect(report).toMatchObject({ characters: 2, space: true });
  expect(read(out, "dict.txt")).toBe("a\nb\n");
});

test("label files are read, and a line without a tab is named", () => {
  expect(parseLabels("a.png\tone\r\nb.png\t\n\n", "x.txt")).toEqual(["one", ""]);
  expect(() => parseLabels("a.png\tone\nb.png two\n", "x.txt")).toThrow("x.txt:2: expected path, tab, text");
});

test("pictures for detection: labels are lists of texts and corners, as DetLabelEncode reads them", async () => {
  const out = folder();
  const detection = { ...options, task: "det" as const, count: 5, val: 2, page: [200, 260] as const };
  const report = await writeDataset({ ...detection, out });
  expect(report).toMatchObject({ task: "det", train: 5, val: 2 });
  let texts = 0;
  for (const [part, count] of [
    ["train", 5],
    ["val", 2],
  ] as const) {
    const lines = read(out, `${part}.txt`).trimEnd().split("\n");
    expect(lines).toHaveLength(count);
    for (const line of lines) {
      const [path, label] = line.split("\t");
      expect(existsSync(join(out, path))).toBe(true);
      const regions = readRegions(label) as Region[];
      expect(regions).toBeInstanceOf(Array);
      texts += regions.length;
      for (const { text, ignore } of regions) expect(text).toMatch(ignore ? /^###$/ : /^\d{1,3}$/);
    }
  }
  expect(report.regions).toBe(texts);
  expect(JSON.parse(read(out, "synth.json"))).toMatchObject({ task: "det", page: [200, 260] });
  const again = folder();
  await writeDataset({ ...detection, out: again });
  expect(read(again, "train.txt")).toBe(read(out, "train.txt"));
});

test("options that only pictures with several texts have are refused for lines", async () => {
  const out = join(folder(), "never");
  await expect(writeDataset({ ...options, page: [200, 260], angle: 5, out })).rejects.toThrow(
    "page and angle: only pictures with several texts (task det) have that",
  );
  expect(existsSync(out)).toBe(false);
});
