import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readBenchModel } from "./bench-model.js";

const text = readFileSync(new URL("../../../../configs/rec/pp-ocrv3.yml", import.meta.url), "utf8");
const height = (changed: string): number => readBenchModel(changed, "c.yml", []).height;

test("the height is that of the transform that resizes in training", () => {
  expect(height(text)).toBe(48);
  const svtr = text.replaceAll(
    "RecResizeImg:\n          image_shape: [3, 48,",
    "SVTRRecResizeImg:\n          image_shape: [3, 64,",
  );
  expect(svtr).not.toBe(text);
  expect(height(svtr)).toBe(64);
});

test("without one there is no height", () => {
  expect(() => height(text.replaceAll("RecResizeImg:", "NoResizeImg:"))).toThrow(
    "c.yml: Train.dataset.transforms has no RecResizeImg or SVTRRecResizeImg with an image_shape [3, height, width]",
  );
});
