import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { type Canvas, createCanvas } from "@napi-rs/canvas";
import type { ImageBoxes } from "@retort/distill";
import { decodePicture } from "@retort/ocr-models/data";
import { drawOutline } from "./outline.js";
import { putPixels } from "./pixels.js";

const colour = "rgb(255, 0, 0)";

/** Lines are as wide as this part of the longer side of a picture, and a pixel at least. */
const lineWidth = 1 / 500;

/** Of a pixel. */
const middle: readonly [number, number] = [0.5, 0.5];

const isJpeg = (path: string): boolean => /\.jpe?g$/i.test(path);

/**
 * Draws images with the boxes that each network found, as `FOLDER/NETWORK/NAME`: JPEG where the image is that, else PNG.
 * Images of the same name get numbers. Returns the files by network, in the order of the images.
 */
export async function drawBoxes(folder: string, images: readonly ImageBoxes[]): Promise<Record<string, string>[]> {
  const names = pictureNames(images.map(({ image }) => image));
  const written: Record<string, string>[] = [];
  for (const [i, { image, boxes }] of images.entries()) {
    const picture = await decodePicture(await readFile(image));
    const files: Record<string, string> = {};
    for (const [network, found] of Object.entries(boxes)) {
      const canvas = createCanvas(picture.width, picture.height);
      const context = canvas.getContext("2d");
      putPixels(context, picture, [0, 0], "bgr");
      context.lineWidth = Math.max(1, Math.round(lineWidth * Math.max(picture.width, picture.height)));
      for (const { points } of found) drawOutline(context, points, colour, { offset: middle });
      await mkdir(join(folder, network), { recursive: true });
      files[network] = join(folder, network, names[i]);
      await writeFile(files[network], await encoded(canvas, names[i]));
    }
    written.push(files);
  }
  return written;
}

async function encoded(canvas: Canvas, name: string): Promise<Uint8Array> {
  return isJpeg(name) ? canvas.encode("jpeg", 90) : canvas.encode("png");
}

/** File names for pictures of images, each once: `page.png`, `page-2.png`, ... */
function pictureNames(images: readonly string[]): string[] {
  const taken = new Set<string>();
  return images.map((image) => {
    const ending = isJpeg(image) ? extname(image) : ".png";
    const stem = basename(image, extname(image));
    let name = `${stem}${ending}`;
    for (let i = 2; taken.has(name); i++) name = `${stem}-${i}${ending}`;
    taken.add(name);
    return name;
  });
}
