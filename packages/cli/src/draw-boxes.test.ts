import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ImageBoxes } from "@retort/distill";
import { decodePicture } from "@retort/ocr-models/data";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rectangle } from "../../../fixtures/rectangle.js";
import { drawBoxes } from "./draw-boxes.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "retort-draw-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const square = (left: number, top: number, side: number): ImageBoxes["boxes"][string] => [
  {
    points: rectangle(left, top, left + side, top + side),
    score: 1,
  },
];

async function image(name: string, turned = false): Promise<string> {
  const create = { width: 60, height: 40, channels: 3 as const, background: { r: 0, g: 0, b: 200 } };
  const path = join(folder, name);
  await sharp({ create })
    .withMetadata(turned ? { orientation: 6 } : {})
    .toFile(path);
  return path;
}

/** Where a picture is red, as rows of # and dots. */
async function red(path: string): Promise<string[]> {
  const { data, width, height } = await decodePicture(readFileSync(path));
  const isRed = (i: number): boolean => data[3 * i + 2] > 60;
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => (isRed(y * width + x) ? "#" : ".")).join(""),
  );
}

test("every network has a picture of its boxes, in the image's own coordinates", async () => {
  const path = await image("page.png");
  const [files] = await drawBoxes(join(folder, "drawn"), [
    { image: path, boxes: { Student: square(10, 5, 12), Student2: [] } },
  ]);
  expect(files).toEqual({
    Student: join(folder, "drawn/Student/page.png"),
    Student2: join(folder, "drawn/Student2/page.png"),
  });
  const rows = await red(files.Student);
  const [side, middle] = [`${".".repeat(10)}#${".".repeat(11)}#${".".repeat(37)}`, "#".repeat(13)];
  expect(rows.slice(0, 5).join("")).not.toContain("#");
  expect(rows[5]).toBe(`${".".repeat(10)}${middle}${".".repeat(37)}`);
  expect(rows.slice(6, 17)).toEqual(Array(11).fill(side));
  expect(rows[17]).toBe(rows[5]);
  expect(rows.slice(18).join("")).not.toContain("#");
  expect((await red(files.Student2)).join("")).not.toContain("#");
});

test("a picture lies as its image does when it is turned by its EXIF orientation", async () => {
  const path = await image("turned.jpg", true);
  const [{ "": file }] = await drawBoxes(join(folder, "drawn"), [{ image: path, boxes: { "": square(20, 40, 15) } }]);
  expect(file).toBe(join(folder, "drawn/turned.jpg"));
  const rows = await red(file);
  expect([rows[0].length, rows.length]).toEqual([40, 60]);
  expect(rows[47][20] + rows[47][27] + rows[47][34]).toBe("#.#");
});

test("images of the same name in different folders get pictures of their own", async () => {
  const path = await image("same.bmp.png");
  const images = [path, path, await image("same.bmp.webp")].map((each) => ({ image: each, boxes: { A: [] } }));
  const files = await drawBoxes(join(folder, "same"), images);
  expect(files.map(({ A }) => A)).toEqual(
    ["same.bmp.png", "same.bmp-2.png", "same.bmp-3.png"].map((name) => join(folder, "same/A", name)),
  );
});
