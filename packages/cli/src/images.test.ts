import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { findImages } from "./images.js";

const dir = mkdtempSync(join(tmpdir(), "retort-images-"));
const inside = (...names: string[]): string[] => names.map((name) => join(dir, name));

beforeAll(() => {
  mkdirSync(join(dir, "a", "deep"), { recursive: true });
  mkdirSync(join(dir, "empty"));
  for (const name of ["x1.png", "x2.JPG", "y(1).png", "notes.txt", "a/z.png", "a/deep/x3.png"]) {
    writeFileSync(join(dir, name), "");
  }
});

test("files, folders and globs, each image once", () => {
  expect(findImages(inside("x1.png"))).toEqual(inside("x1.png"));
  expect(findImages([dir])).toEqual(inside("x1.png", "x2.JPG", "y(1).png"));
  expect(findImages(inside("x?.*"))).toEqual(inside("x1.png", "x2.JPG"));
  expect(findImages(inside("y(*).png"))).toEqual(inside("y(1).png"));
  expect(findImages(inside("**/x*.png"))).toEqual(inside("x1.png", "a/deep/x3.png"));
  expect(findImages(inside("*/z.png", "a", "x1.png", "x*"))).toEqual(inside("a/z.png", "x1.png", "x2.JPG"));
});

test("what names no image is an error", () => {
  expect(() => findImages(inside("no.png"))).toThrow(`image file or folder not found: ${dir}/no.png`);
  expect(() => findImages(inside("empty"))).toThrow(/no images .* in folder .*empty/);
  expect(() => findImages(inside("*.gif"))).toThrow(/no images .* in glob/);
});
