import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOnnx } from "@retort/ocr-models/onnx";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeTinyDetection } from "../../testing/tiny-detection.js";
import { benchInference } from "./bench-inference.js";

const quickstart = new URL("../../../../configs/rec/quickstart.yml", import.meta.url).pathname;
const small = { config: quickstart, batch: 2, width: 40, classes: 11, steps: 2 };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "retort-bench-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("the Student's pass is timed without what only its training needs", async () => {
  const { seconds, imagesPerSecond, share } = await benchInference(small);
  expect(seconds).toBeGreaterThan(0);
  expect(imagesPerSecond).toBeCloseTo(2 / seconds);
  expect(Object.keys(share)).toEqual(expect.arrayContaining(["conv2d", "gemm", "other"]));
  expect(Object.keys(share).filter((kernel) => /grad|adam|lstm/i.test(kernel))).toEqual([]);
  expect(Object.values(share).reduce((a, b) => a + b)).toBeCloseTo(1);
});

test("the same network is written as ONNX", async () => {
  const onnx = join(folder, "student.onnx");
  await benchInference({ ...small, onnx });
  const { tensors } = readOnnx(readFileSync(onnx));
  expect([...tensors.values()].some(({ shape }) => shape.at(-1) === 11)).toBe(true);
});

test("a detector's pass is timed at the size of its crops", async () => {
  const config = await writeTinyDetection(folder);
  const { profile } = await benchInference({ config, batch: 1, classes: 11, steps: 1, profile: true });
  expect(profile?.shapes.map(({ shapes }) => shapes).join()).toContain("[1, 3, 64, 64]");
});

test("a network that there is not is an error that names those that there are", async () => {
  await expect(benchInference({ ...small, model: "Techer" })).rejects.toThrow(
    /the config has no sub-network "Techer"; .*"Teacher"/,
  );
});
