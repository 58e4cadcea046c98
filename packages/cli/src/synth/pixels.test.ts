import { Random } from "@retort/tensor";
import { expect, test } from "vitest";
import { addGradient, addNoise, addTexture, blur, type Pixels } from "./pixels.js";

const grey = (width: number, height: number, level = 128): Pixels => {
  const data = new Uint8ClampedArray(4 * width * height).fill(level);
  for (let at = 3; at < data.length; at += 4) data[at] = 255;
  return { width, height, data };
};
const reds = (pixels: Pixels): number[] => Array.from(pixels.data).filter((_, i) => i % 4 === 0);

test("a gradient rises from one end to the other and leaves the middle", () => {
  const pixels = grey(101, 3);
  addGradient(pixels, 50, 0);
  const row = reds(pixels).slice(0, 101);
  expect(row[0]).toBeLessThan(80);
  expect(row[50]).toBe(128);
  expect(row[100]).toBeGreaterThan(176);
  for (let i = 1; i < 101; i++) expect(row[i]).toBeGreaterThanOrEqual(row[i - 1]);
});

test("a texture is smooth and within its amount", () => {
  const pixels = grey(60, 40);
  addTexture(pixels, 30, 10, new Random(1));
  const levels = reds(pixels);
  expect(Math.min(...levels)).toBeGreaterThanOrEqual(98);
  expect(Math.max(...levels)).toBeLessThanOrEqual(158);
  expect(Math.max(...levels) - Math.min(...levels)).toBeGreaterThan(20);
  for (let i = 1; i < 60; i++) expect(Math.abs(levels[i] - levels[i - 1])).toBeLessThan(12);
});

test("noise has the deviation asked for and no colour", () => {
  const pixels = grey(200, 100);
  addNoise(pixels, 10, new Random(2));
  const levels = reds(pixels).map((level) => level - 128);
  const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
  const variance = levels.reduce((sum, level) => sum + level * level, 0) / levels.length;
  expect(Math.abs(mean)).toBeLessThan(0.3);
  expect(Math.abs(Math.sqrt(variance) - 10)).toBeLessThan(0.3);
  for (let at = 0; at < pixels.data.length; at += 4) {
    expect(pixels.data[at + 1]).toBe(pixels.data[at]);
    expect(pixels.data[at + 3]).toBe(255);
  }
});

test("a blurred point is the Gaussian", () => {
  const pixels = grey(21, 21, 0);
  const at = (x: number, y: number): number => 4 * (21 * y + x);
  pixels.data.fill(255, at(10, 10), at(10, 10) + 3);
  blur(pixels, 1);
  for (let y = 0; y < 21; y++) {
    for (let x = 0; x < 21; x++) {
      const value = (255 / (2 * Math.PI)) * Math.exp(-((x - 10) ** 2 + (y - 10) ** 2) / 2);
      expect(Math.abs(pixels.data[at(x, y)] - value)).toBeLessThan(1);
    }
  }
});

test("blur leaves an even picture as it is, to the border", () => {
  const pixels = grey(9, 5, 77);
  blur(pixels, 1.7);
  expect(reds(pixels).every((level) => level === 77)).toBe(true);
});
