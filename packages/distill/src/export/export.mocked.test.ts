import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodePicture } from "@retort/ocr-models/data";
import { readOnnx, writeOnnx } from "@retort/ocr-models/onnx";
import { tensor } from "@retort/tensor";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { writeTinyDetection } from "../../testing/tiny-detection.js";
import { reportsOf, tinyConfig, tinyRun, writeTinyData } from "../../testing/tiny-training.js";
import { loadConfig } from "../config/load.js";
import { detectFromConfig, detectFromOnnx, type ImageBoxes, type Recogniser } from "../training/detect.js";
import { evaluateFromConfig, type ImageReading, inferFromConfig, inferFromOnnx } from "../training/infer.js";
import { onnxFindsBoxes } from "../training/onnx-inference.js";
import { createRun } from "../training/run.js";
import { readWeights } from "../weights/weight-file.js";
import { type ExportReport, exportNetworks } from "./export.js";
import { readExported } from "./exported-reader.js";
import type * as runtime from "./runtime.js";

/** Added to the first output of everything that onnxruntime runs. */
let fault = 0;
vi.mock("./runtime.js", async (original) => {
  const real = await original<typeof runtime>();
  const openSession: typeof real.openSession = async (...args) => {
    const session = await real.openSession(...args);
    return {
      ...session,
      async run(images) {
        const output = await session.run(images);
        const values = output.dataSync() as Float32Array;
        values[0] += fault;
        return tensor(values, output.shape);
      },
    };
  };
  return { ...real, openSession };
});

let folder: string;
const at = (name: string): string => join(folder, name);
/** Of the texts: a Teacher and a Student. */
const config = (): [string, Record<string, unknown>] => {
  const [path, overrides] = tinyConfig(folder, { "Global.epoch_num": 1, "Eval.loader.num_workers": 0 });
  return [path, { ...overrides, "Global.checkpoints": at("run/latest") }];
};
/** Of the pages: two students, which find something where little is asked for. */
const generous = { "PostProcess.thresh": 0.4, "PostProcess.box_thresh": 0.2, "PostProcess.unclip_ratio": 1.7 };
let detector: [string, Record<string, unknown>];
let report: ExportReport;
const reads = (): string => at("out/Student/inference.onnx");
const finds = (): string => at("det-out/Student2/inference.onnx");

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-export-"));
  await writeTinyData(folder, 8);
  await reportsOf(await tinyRun(folder, { "Global.epoch_num": 1 }));
  report = await exportNetworks(...config(), { out: at("out"), models: ["Student", "Teacher"] });
  const file = await writeTinyDetection(at("det"));
  const learning = { "Global.epoch_num": 12, "Optimizer.lr.learning_rate": 0.003 };
  await reportsOf(await createRun(await loadConfig(file, { ...learning, ...generous })));
  detector = [file, { ...generous, "Global.checkpoints": at("det/run/latest") }];
}, 180_000);
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
  test("is written in three forms, and onnxruntime gives its outputs and its accuracy", async () => {
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
      const prefix = model === "Teacher" ? "Teacher_" : "";
      for (const [name, value] of Object.entries(check?.metrics ?? {})) expect(value).toBe(metrics[prefix + name]);
    }
  });

  test("has its guiding head in the weights alone, and what it takes to read in the metadata", async () => {
    const keys = [...(await readWeights(at("out/Student/inference.safetensors"))).keys()];
    expect(keys.some((key) => key.startsWith("head.sar_head."))).toBe(true);
    const { metadata, tensors } = readOnnx(readFileSync(reads()));
    expect([...tensors.keys()].filter((key) => key.includes("sar_head"))).toEqual([]);
    expect(metadata.get("model")).toBe("Student");
    expect(metadata.get("character")).toBe("0\n1\n2\n3\n4\n5\n6\n7\n8\n9");
    expect(JSON.parse(metadata.get("image_shape") ?? "")).toEqual([3, 32, 80]);
    const half = [0.5, 0.5, 0.5];
    const normalization = JSON.parse(metadata.get("normalization") ?? "");
    expect(normalization).toEqual({ scale: 1 / 255, mean: half, std: half, channels: "BGR" });
  });

  test("reads from its ONNX file alone what it reads from its checkpoint", async () => {
    const wide = at("wide.png");
    const pixels = Uint8Array.from({ length: 32 * 300 * 3 }, (_, i) => (i * i) % 251);
    await sharp(pixels, { raw: { width: 300, height: 32, channels: 3 } }).toFile(wide);
    const files = [wide, ...[0, 1, 2, 3].map((i) => at(`images/${i}.png`))];
    const expected = await all(inferFromConfig(...config(), files));
    const students = expected.map(
      ({ image, readings: { Student } }): ImageReading => ({ image, readings: { Student } }),
    );
    expect(await onnxFindsBoxes(reads())).toBe(false);
    expect(rounded(await all(inferFromOnnx(reads(), files)))).toEqual(rounded(students));
    const { model, read } = await readExported(readFileSync(reads()), "the Student");
    const pictures = await Promise.all(files.map(async (file) => decodePicture(readFileSync(file))));
    const alone = pictures.map(
      (picture, i): ImageReading => ({ image: files[i], readings: { [model]: read(picture) } }),
    );
    expect(rounded(alone)).toEqual(rounded(students));
  });
});

test("what cannot be read without Node and onnxruntime is refused by name", async () => {
  const file = readFileSync(reads());
  await expect(readExported(file.subarray(0, 99), "cut.onnx")).rejects.toThrow(/^cut\.onnx: /);
  const { metadata, tensors } = readOnnx(file);
  const rewritten = (changes: Record<string, string>): Uint8Array =>
    writeOnnx({
      nodes: [],
      inputs: [],
      outputs: [],
      initializers: tensors,
      metadata: new Map([...metadata, ...Object.entries(changes)]),
    });
  const transforms = [{ DecodeImage: { img_mode: "BGR" } }, { NormalizeImage: null }, { KeepKeys: null }];
  await expect(readExported(rewritten({ transforms: JSON.stringify(transforms) }), "a.onnx")).rejects.toThrow(
    "a.onnx: its pictures go through NormalizeImage, which is not possible here",
  );
  await expect(readExported(rewritten({ character: "0\n1" }), "b.onnx")).rejects.toThrow(
    /^b\.onnx: the state dict does not fit the network, \d+ differences/,
  );
  const red = [{ DecodeImage: { img_mode: "RGB" } }, { RecResizeImg: { image_shape: [3, 32, 80] } }];
  const turned = await readExported(rewritten({ transforms: JSON.stringify(red) }), "c.onnx");
  const straight = await readExported(rewritten({ transforms: JSON.stringify([{ ...red[1] }]) }), "d.onnx");
  const data = Uint8Array.from({ length: 40 * 32 * 3 }, (_, i) => (i * i) % 251);
  const swapped = data.map((_, i) => data[3 * Math.floor(i / 3) + 2 - (i % 3)]);
  const size = { width: 40, height: 32 };
  expect(turned.read({ data, ...size })).toEqual(straight.read({ data: swapped, ...size }));
});

test("a config that reads its SAR head is exported with its CTC head", async () => {
  const [path, overrides] = config();
  const sar = { ...overrides, "PostProcess.name": "DistillationSARLabelDecode" };
  const { networks } = await exportNetworks(path, sar, { out: at("sar") });
  expect(networks[0].check?.images).toBe(4);
  const { metadata } = readOnnx(readFileSync(at("sar/Student/inference.onnx")));
  expect(JSON.parse(metadata.get("post_process") ?? "")).toEqual({ name: "CTCLabelDecode" });
});

/** What the Student of the recogniser read in every box. */
const texts = ({ boxes }: ImageBoxes): unknown[] =>
  Object.values(boxes).flatMap((found) => found.map(({ readings }) => readings?.Student?.text));

test("a network that finds does so with its ONNX file alone, and reads with another", async () => {
  const { networks } = await exportNetworks(...detector, { out: at("det-out"), models: ["Student2"] });
  expect(networks[0].check).toMatchObject({ images: 4, metrics: { hmean: expect.any(Number) } });
  expect(await onnxFindsBoxes(finds())).toBe(true);
  const files = [0, 1, 2, 3].map((i) => at(`det/pages/${i}.png`));
  const own = await all(detectFromConfig(...detector, files));
  const students = own.map(({ image, boxes: { Student2 } }): ImageBoxes => ({ image, boxes: { Student2 } }));
  expect(students.flatMap(({ boxes }) => boxes.Student2).length).toBeGreaterThan(0);
  expect(rounded(await all(detectFromOnnx(finds(), files)))).toEqual(rounded(students));

  const readers: Recogniser[] = [{ config: config()[0], overrides: config()[1] }, { onnx: reads() }];
  const [byConfig, byOnnx] = await Promise.all(
    readers.map(async (reader) => (await all(detectFromOnnx(finds(), files, reader))).map(texts)),
  );
  expect(byOnnx).toEqual(byConfig);
});

describe("nothing is left where", () => {
  test("outputs differ", async () => {
    fault = 1e-3;
    const refused = exportNetworks(...config(), { out: at("faulty") });
    await expect(refused).rejects.toThrow(
      /faulty\/Student is not exported: images 1 to 4: the network gives .*onnxruntime.* more than 0\.0001/,
    );
    fault = 0;
    expect(readdirSync(at("faulty/Student"))).toEqual([]);
  });

  test("a folder is taken, unless forced", async () => {
    const before = readFileSync(reads());
    await expect(exportNetworks(...config(), { out: at("out") })).rejects.toThrow("inference.onnx is there already");
    expect(readFileSync(reads())).toEqual(before);
    const { networks } = await exportNetworks(...config(), { out: at("out"), force: true, images: 2 });
    expect(networks.map(({ model }) => model)).toEqual(["Student"]);
  });

  test("there is no such sub-network", () =>
    expect(exportNetworks(...config(), { models: ["Studnet"], out: at("none") })).rejects.toThrow(
      'the config has no sub-network "Studnet"; did you mean "Student"?',
    ));
});

test("without a check the config's folder gets the files, and the report says that there was none", async () => {
  const [path, overrides] = config();
  const { networks } = await exportNetworks(
    path,
    { ...overrides, "Global.save_inference_dir": at("unchecked") },
    { check: false },
  );
  expect(networks[0].check).toBeUndefined();
  expect(existsSync(at("unchecked/Student/inference.onnx"))).toBe(true);
});

test("files that are no ONNX model, are not there, or do the other's work are named", async () => {
  writeFileSync(at("text.onnx"), "Architecture:\n");
  await expect(onnxFindsBoxes(at("text.onnx"))).rejects.toThrow(`${at("text.onnx")}: no ONNX model: `);
  await expect(onnxFindsBoxes(at("none.onnx"))).rejects.toThrow(`${at("none.onnx")} cannot be read: ENOENT`);
  await expect(detectFromOnnx(reads(), []).next()).rejects.toThrow("expected a network that finds boxes, but it reads");
  await expect(readExported(readFileSync(finds()), "f.onnx")).rejects.toThrow(
    "f.onnx: expected a network that reads text, but it finds boxes",
  );
  await expect(inferFromOnnx(finds(), []).next()).rejects.toThrow("expected a network that reads text, but it finds");
});
