import { type BytePicture, channels } from "../picture.js";
import type { Area } from "./area.js";

/** A black picture. */
export function blackPicture(width: number, height: number): BytePicture {
  return { data: new Uint8Array(width * height * channels), width, height };
}

/** A part of a picture, which lies wholly in it. */
export function cutOut(picture: BytePicture, { left, top, width, height }: Area): BytePicture {
  const part = blackPicture(width, height);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * picture.width + left) * channels;
    part.data.set(picture.data.subarray(start, start + width * channels), y * width * channels);
  }
  return part;
}

/** Writes a picture into a larger one, in place, its upper left corner at (`left`, `top`). */
export function pasteInto(target: BytePicture, part: BytePicture, left = 0, top = 0): void {
  const size = part.width * channels;
  for (let y = 0; y < part.height; y++) {
    target.data.set(part.data.subarray(y * size, (y + 1) * size), ((top + y) * target.width + left) * channels);
  }
}
