import { describe, expect, test } from "vitest";
import type { MobileNetV1EnhanceConfig } from "../schema/backbone.js";
import { adapterFits, backboneShape } from "./shapes.js";

const backbone = (more: Partial<MobileNetV1EnhanceConfig>): MobileNetV1EnhanceConfig => ({
  name: "MobileNetV1Enhance",
  scale: 0.5,
  lastConvStride: [1, 2],
  lastPoolType: "avg",
  lastPoolKernelSize: [2, 2],
  lastPoolKernelSizeAssumed: false,
  ...more,
});

// The shapes that the reference's network gave: PP-OCRv3 (48 by 320) and v2 (32 by 320, max pool).
describe("the backbone's map", () => {
  test("PP-OCRv3", () => {
    expect(backboneShape(backbone({}), 48, 320)).toEqual([512, 1, 40]);
    expect(backboneShape(backbone({ lastPoolKernelSize: [3, 2] }), 48, 320)).toEqual([512, 1, 40]);
  });

  test("PP-OCRv2", () => {
    expect(backboneShape(backbone({ lastConvStride: [1, 1], lastPoolType: "max" }), 32, 320)).toEqual([512, 1, 80]);
  });

  test("odd sizes", () => {
    expect(backboneShape(backbone({ scale: 0.125, lastConvStride: [1, 1] }), 32, 81)).toEqual([128, 1, 20]);
  });
});

test("which adapter makes which shapes equal", () => {
  expect(adapterFits("conv1x1", [512, 1, 40], [256, 1, 40])).toBe(true);
  expect(adapterFits("conv1x1", [512, 1, 40], [512, 1, 20])).toBe(false);
  expect(adapterFits("conv1x1", [40, 64], [40, 32])).toBe(false);
  expect(adapterFits("linear", [40, 64], [40, 32])).toBe(true);
  expect(adapterFits("linear", [40, 64], [20, 64])).toBe(false);
  expect(adapterFits("resize", [40, 64], [20, 64])).toBe(true);
  expect(adapterFits("resize", [512, 1, 40], [512, 1, 20])).toBe(true);
  expect(adapterFits("resize", [512, 1, 40], [256, 1, 40])).toBe(false);
  expect(adapterFits("resize", [512, 1, 40], [40, 512])).toBe(false);
});
