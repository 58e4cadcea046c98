import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { compare } from "../../../../fixtures/goldens.js";
import { decodePicture } from "./decode-picture.js";

const file = (name: string): Buffer =>
  readFileSync(fileURLToPath(new URL(`../../../../fixtures/images/${name}`, import.meta.url)));

// What cv2.imread gave for each file (fixtures/images/make.py).
const expected = JSON.parse(file("expected.json").toString()) as Record<string, { shape: number[]; bgr: number[] }>;

describe("pixels are those of cv2.imread", () => {
  for (const [name, { shape, bgr }] of Object.entries(expected)) {
    test(name, async () => {
      const { data, height, width } = await decodePicture(file(name));
      expect([height, width, 3]).toEqual(shape);
      compare(data, bgr, name, () => 0);
    });
  }
});

test("what is no image, or a damaged one, is an error", async () => {
  await expect(decodePicture(new Uint8Array([1, 2, 3]))).rejects.toThrow("unsupported image format");
  await expect(decodePicture(new Uint8Array(0))).rejects.toThrow();
  await expect(decodePicture(file("plain.jpg").subarray(0, 700))).rejects.toThrow();
});
