import { type BytePicture, channels } from "../picture.js";
import { blackPicture } from "./paste.js";

/** A turned picture, and for each of its pixels whether the picture covers it (1) or not (0). */
export interface TurnedPicture extends BytePicture {
  readonly covers: Uint8Array;
}

/** Positions are whole multiples of this part of a pixel, as in Pillow. */
const part = 65536;

/**
 * A picture turned counter-clockwise by `degrees`, in a picture that has room for all of it: each pixel has the colour of
 * the one in which its centre lies. Pixels are those of Pillow's `Image.rotate` with `expand`.
 */
export function rotatePicture(picture: BytePicture, degrees: number): TurnedPicture {
  const { width, height } = picture;
  const [cos, sin] = cosAndSin(degrees);
  const turned = blackPicture(...turnedSize(picture, degrees));
  const covers = new Uint8Array(turned.width * turned.height);
  const fixed = (value: number): number => Math.floor(value * part + 0.5);
  // The place in the picture of the turned one's pixel (x, y): the middles lie on each other.
  const startX = fixed(width / 2 + (cos * (1 - turned.width) - sin * (1 - turned.height)) / 2);
  const startY = fixed(height / 2 + (sin * (1 - turned.width) + cos * (1 - turned.height)) / 2);
  const [stepX, stepY] = [fixed(cos), fixed(sin)];
  const downX = fixed(-sin);
  for (let y = 0; y < turned.height; y++) {
    for (let x = 0; x < turned.width; x++) {
      const fromX = Math.floor((startX + x * stepX + y * downX) / part);
      const fromY = Math.floor((startY + x * stepY + y * stepX) / part);
      if (fromX < 0 || fromX >= width || fromY < 0 || fromY >= height) continue;
      const [to, from] = [y * turned.width + x, (fromY * width + fromX) * channels];
      covers[to] = 1;
      turned.data.set(picture.data.subarray(from, from + channels), to * channels);
    }
  }
  return { ...turned, covers };
}

/** Width and height of the upright box around the turned picture, by whole pixels. */
function turnedSize({ width, height }: BytePicture, degrees: number): [number, number] {
  if (degrees % 90 === 0) return degrees % 180 === 0 ? [width, height] : [height, width];
  const [cos, sin] = cosAndSin(degrees).map(Math.abs);
  const extent = (along: number, middle: number): number =>
    Math.ceil(middle + along / 2) - Math.floor(middle - along / 2);
  return [extent(cos * width + sin * height, width / 2), extent(sin * width + cos * height, height / 2)];
}

/** Exact for right angles. */
function cosAndSin(degrees: number): [number, number] {
  const angle = (degrees * Math.PI) / 180;
  const rounded = (value: number): number => Math.round(value * 1e15) / 1e15;
  return [rounded(Math.cos(angle)), rounded(Math.sin(angle))];
}
