import { createCanvas, loadImage } from "@napi-rs/canvas";
import type { SampleView } from "@retort/distill";
import { expect, test } from "vitest";
import { contactSheet } from "./contact-sheet.js";

function sample(width: number, height: number, colour: number[], text = "12"): SampleView {
  const pixels = Uint8Array.from({ length: 3 * width * height }, (_, i) => colour[i % 3]);
  return { text, path: "a.png", width, height, pixels };
}

async function read(bytes: Uint8Array) {
  const image = await loadImage(bytes);
  const context = createCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  const pixel = (x: number, y: number): number[] => [...context.getImageData(x, y, 1, 1).data.subarray(0, 3)];
  return { width: image.width, height: image.height, pixel };
}

test("samples stand side by side, pixel by pixel, the widest rows no wider than 1,600", async () => {
  const samples = Array.from({ length: 7 }, (_, i) => sample(320, 48, [10 * i, 200, 30]));
  const { width, height, pixel } = await read(await contactSheet(samples));
  const [cellWidth, cellHeight] = [320 + 8, 48 + 20 + 8];
  expect([width, height]).toEqual([8 + 4 * cellWidth, 8 + 2 * cellHeight]);
  for (let i = 0; i < 7; i++) {
    const [x, y] = [8 + (i % 4) * cellWidth, 8 + Math.floor(i / 4) * cellHeight];
    expect(pixel(x, y), `sample ${i}`).toEqual([10 * i, 200, 30]);
    expect(pixel(x + 319, y + 47)).toEqual([10 * i, 200, 30]);
    expect(pixel(x + 320, y)).toEqual([255, 255, 255]);
  }
});

test("the text stands below its sample", async () => {
  const dark = async (text: string): Promise<number> => {
    const { pixel } = await read(await contactSheet([sample(100, 20, [0, 0, 0], text)]));
    let count = 0;
    for (let x = 8; x < 108; x++) for (let y = 28; y < 48; y++) if (pixel(x, y)[0] < 128) count++;
    return count;
  };
  expect(await dark("8888")).toBeGreaterThan((await dark("")) + 50);
});

test("one sample wider than a sheet, and samples of several sizes", async () => {
  const wide = await read(await contactSheet([sample(3000, 32, [1, 2, 3])]));
  expect(wide.width).toBe(3000 + 16);
  const mixed = await read(await contactSheet([sample(100, 32, [1, 2, 3]), sample(60, 64, [4, 5, 6])]));
  expect(mixed.pixel(8 + 108 + 59, 8 + 63)).toEqual([4, 5, 6]);
});

test("a sample of detection is made smaller, with its regions outlined and its maps beside it", async () => {
  const square = (left: number, side: number): readonly (readonly [number, number])[] => [
    [left, 100],
    [left + side, 100],
    [left + side, 100 + side],
    [left, 100 + side],
  ];
  const regions = [
    { points: square(100, 200), ignore: false },
    { points: square(500, 100), ignore: true },
  ];
  const maps = Uint8Array.from({ length: 3 * 800 * 400 }, (_, i) => [255, 80, 0][i % 3]);
  const view = { ...sample(800, 400, [10, 20, 30]), detection: { regions, maps } };
  const { width, height, pixel } = await read(await contactSheet([view]));
  expect([width, height]).toEqual([8 + 400 + 8 + 400 + 8, 8 + 200 + 20 + 8]);
  expect(pixel(8 + 100, 8 + 100)).toEqual([10, 20, 30]);
  expect(pixel(8 + 50, 8 + 100)).toEqual([0, 255, 0]);
  expect(pixel(8 + 100, 8 + 50)).toEqual([0, 255, 0]);
  expect(pixel(8 + 250, 8 + 75)).toEqual([255, 0, 0]);
  expect(pixel(8 + 408 + 200, 8 + 100)).toEqual([255, 80, 0]);
});
