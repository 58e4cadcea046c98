import { describe, expect, test } from "vitest";
import type { MobileNetV1EnhanceConfig, PPLCNetV3Config } from "../schema/backbone.js";
import { adapterFits, backboneShape, otherPoolInTraining } from "./shapes.js";

const backbone = (more: Partial<MobileNetV1EnhanceConfig>): MobileNetV1EnhanceConfig => ({
  name: "MobileNetV1Enhance",
  scale: 0.5,
  lastConvStride: [1, 2],
  lastPoolType: "avg",
  lastPoolKernelSize: [2, 2],
  lastPoolKernelSizeAssumed: false,
  ...more,
});

const lcnet = (more: Partial<PPLCNetV3Config> = {}): PPLCNetV3Config => ({
  name: "PPLCNetV3",
  scale: 0.95,
  convKxkNum: 4,
  lrMultList: [1, 1, 1, 1, 1, 1],
  labLr: 0.1,
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

  test("PP-OCRv4: 40 columns in training, every other one of the map in evaluation", () => {
    expect(backboneShape(lcnet(), 48, 320)).toEqual([480, 1, 40]);
    expect(backboneShape(lcnet(), 48, 320, false)).toEqual([480, 1, 40]);
    expect(backboneShape(lcnet(), 64, 160)).toEqual([480, 1, 40]);
    expect(backboneShape(lcnet(), 48, 640, false)).toEqual([480, 1, 80]);
    expect(backboneShape(lcnet(), 32, 320, false)).toEqual([480, 0, 40]);
    for (const training of [true, false]) {
      expect(backboneShape(lcnet({ lastPoolKernelSize: [3, 1] }), 48, 160, training)).toEqual([480, 1, 40]);
    }
  });

  test("of other widths PP-OCRv4's pools in training and evaluation are not the same", () => {
    expect(otherPoolInTraining(lcnet(), 320)).toBeUndefined();
    expect(otherPoolInTraining(lcnet(), 160)).toBe(1);
    expect(otherPoolInTraining(lcnet({ lastPoolKernelSize: [3, 1] }), 160)).toBeUndefined();
    expect(otherPoolInTraining(backbone({}), 160)).toBeUndefined();
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
