import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOnnx } from "@retort/ocr-models/onnx";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeTinyDetection } from "../../testing/tiny-detection.js";
import { reportsOf, tinyConfig, tinyRun, writeTinyData } from "../../testing/tiny-training.js";
import { loadConfig } from "../config/load.js";
import { detectFromConfig, detectFromOnnx, type ImageBoxes, type Recogniser } from "../training/detect.js";
import { evaluateFromConfig, type ImageReading, inferFromConfig, inferFromOnnx } from "../training/infer.js";
import { onnxFindsBoxes } from "../training/onnx-inference.js";
import { createRun } from "../training/run.js";
import { readWeights } from "../weights/weight-file.js";
import { exportNetworks } from "./export.js";

let folder: string;
const at = (name: string): string => join(folder, name);
/** Of the texts: a Teacher and a Student. */
const config = (more: Record<string, unknown> = {}): [string, Record<string, unknown>] => {
  const [path, overrides] = tinyConfig(folder, { "Global.epoch_num": 1, ...more });
  return [path, { ...overrides, "Global.checkpoints": at("run/latest") }];
};
/** Of the pages: two students, which find something where little is asked for. */
const generous = { "PostProcess.thresh": 0.4, "PostProcess.box_thresh": 0.2, "PostProcess.unclip_ratio": 1.7 };
const pages = { ...generous, "Global.checkpoints": "" };
let detector: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-export-"));
  await writeTinyData(folder, 8);
  await reportsOf(await tinyRun(folder, { "Global.epoch_num": 1 }));
  detector = await writeTinyDetection(at("det"));
  const learning = { "Global.epoch_num": 12, "Optimizer.lr.learning_rate": 0.003 };
  await reportsOf(await createRun(await loadConfig(detector, { ...learning, ...generous })));
  pages["Global.checkpoints"] = at("det/run/latest");
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** Readings or boxes with their numbers rounded, since the last bits of onnxruntime's are others. */
const rounded = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, item) => (typeof item === "number" ? Number(item.toFixed(3)) : item)));

describe("a network that reads", () => {
  const images = [0, 1, 2, 3].map((i) => `images/${i}.png`);

  test("is written in three forms, and onnxruntime gives its outputs and its accuracy", async () => {
    const report = await exportNetworks(...config(), { out: at("out"), models: ["Student", "Teacher"] });
    expect(report.checkpoint).toBe(at("run/latest.json"));
    const { metrics } = await evaluateFromConfig(...config());
    for (const [i, model] of ["Student", "Teacher"].entries()) {
      const { files, check, ...rest } = report.networks[i];
      expect(rest).toEqual({ model, folder: at(`out/${model}`) });
      expect(Object.keys(files)).toEqual(["inference.onnx", "inference.safetensors", "inference.pdparams"]);
      expect(readdirSync(at(`out/${model}`)).sort()).toEqual(Object.keys(files).sort());
      expect(check?.images).toBe(4);
      expect(check?.difference).toBeGreaterThan(0);
      expect(check?.difference).toBeLessThan(1e-4);
      if (model === "Student") expect(check?.metrics).toEqual({ ...check?.metrics, acc: metrics.acc });
    }
    const keys = [...(await readWeights(at("out/Student/inference.safetensors"))).keys()];
    expect(keys.some((key) => key.startsWith("head.sar_head."))).toBe(true);
    const { metadata, tensors } = readOnnx(readFileSync(at("out/Student/inference.onnx")));
    expect([...tensors.keys()].filter((key) => key.includes("sar_head"))).toEqual([]);
    expect(metadata.get("character")).toBe("0\n1\n2\n3\n4\n5\n6\n7\n8\n9");
    expect(JSON.parse(metadata.get("image_shape") ?? "")).toEqual([3, 32, 80]);
    expect(JSON.parse(metadata.get("normalization") ?? "")).toEqual({
      scale: 1 / 255,
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
      channels: "BGR",
    });
  });

  test("reads from its ONNX file alone what it reads from its checkpoint", async () => {
    await exportNetworks(...config(), { out: at("alone") });
    const files = images.map(at);
    const expected = await all(inferFromConfig(...config(), files));
    const found = await all(inferFromOnnx(at("alone/Student/inference.onnx"), files));
    expect(await onnxFindsBoxes(at("alone/Student/inference.onnx"))).toBe(false);
    const students = expected.map(
      ({ image, readings: { Student } }): ImageReading => ({ image, readings: { Student } }),
    );
    expect(rounded(found)).toEqual(rounded(students));
    expect(found.map(({ readings }) => readings.Student.text)).toEqual(
      students.map(({ readings }) => readings.Student.text),
    );
  });
});

describe("a network that finds", () => {
  const files = [0, 1, 2, 3].map((i) => `det/pages/${i}.png`);

  test("finds with its ONNX file alone what it finds with its checkpoint, and reads with another", async () => {
    const report = await exportNetworks(detector, pages, { out: at("det-out"), models: ["Student2"] });
    expect(report.networks[0].check).toMatchObject({ images: 4, metrics: { hmean: expect.any(Number) } });
    const onnx = at("det-out/Student2/inference.onnx");
    expect(await onnxFindsBoxes(onnx)).toBe(true);
    const own = await all(detectFromConfig(detector, pages, files.map(at)));
    const students = own.map(({ image, boxes: { Student2 } }): ImageBoxes => ({ image, boxes: { Student2 } }));
    expect(students.flatMap(({ boxes }) => boxes.Student2).length).toBeGreaterThan(4);
    expect(rounded(await all(detectFromOnnx(onnx, files.map(at))))).toEqual(rounded(students));

    await exportNetworks(...config(), { out: at("for-pages") });
    const readers: Recogniser[] = [
      { config: config()[0], overrides: config()[1] },
      { onnx: at("for-pages/Student/inference.onnx") },
    ];
    const [byConfig, byOnnx] = await Promise.all(
      readers.map(async (reader) => (await all(detectFromOnnx(onnx, files.map(at), reader))).map(texts)),
    );
    expect(byOnnx).toEqual(byConfig);
  });
});

/** What the Student of the recogniser read in every box. */
const texts = ({ boxes }: ImageBoxes): unknown[] =>
  Object.values(boxes).flatMap((found) => found.map(({ readings }) => readings?.Student?.text));

describe("errors", () => {
  test("name a sub-network that there is not, and a folder that is taken", async () => {
    await expect(exportNetworks(...config(), { models: ["Studnet"] })).rejects.toThrow(
      'the config has no sub-network "Studnet"; did you mean "Student"?',
    );
    const out = at("taken");
    await exportNetworks(...config(), { out, check: false });
    await expect(exportNetworks(...config(), { out })).rejects.toThrow("inference.onnx is there already");
    const again = await exportNetworks(...config(), { out, force: true, images: 2 });
    expect(again.networks[0].check?.images).toBe(4);
  });

  test("an export without a check says that there was none", async () => {
    const { networks } = await exportNetworks(...config(), { out: at("unchecked"), check: false });
    expect(networks[0].check).toBeUndefined();
    expect(existsSync(at("unchecked/Student/inference.onnx"))).toBe(true);
  });

  test("a file that is no ONNX model, or another's, or does the other's work", async () => {
    writeFileSync(at("text.onnx"), "Architecture:\n");
    await expect(onnxFindsBoxes(at("text.onnx"))).rejects.toThrow(`${at("text.onnx")}: no ONNX model: `);
    await expect(onnxFindsBoxes(at("none.onnx"))).rejects.toThrow(`${at("none.onnx")} cannot be read: ENOENT`);
    await exportNetworks(...config(), { out: at("reads") });
    const onnx = at("reads/Student/inference.onnx");
    await expect(detectFromOnnx(onnx, []).next()).rejects.toThrow("expected a network that finds boxes, but it reads");
  });
});
