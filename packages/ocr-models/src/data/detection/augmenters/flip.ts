import { type BytePicture, channels } from "../../picture.js";
import type { Augmented } from "./augmenter.js";

/** Changes left and right. */
export function flipLeftRight(picture: BytePicture): Augmented {
  const { width, height } = picture;
  const flipped = moved(picture, (x, y) => y * width + (width - 1 - x));
  return { picture: { data: flipped, width, height }, move: ([x, y]) => [width - 1 - x, y] };
}

/** Changes up and down. */
export function flipUpDown(picture: BytePicture): Augmented {
  const { width, height } = picture;
  const flipped = moved(picture, (x, y) => (height - 1 - y) * width + x);
  return { picture: { data: flipped, width, height }, move: ([x, y]) => [x, height - 1 - y] };
}

/** Pixels, each taken from the one whose number `from` gives. */
function moved({ data, width, height }: BytePicture, from: (x: number, y: number) => number): Uint8Array {
  const result = new Uint8Array(data.length);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += channels) {
      const start = from(x, y) * channels;
      for (let c = 0; c < channels; c++) result[to + c] = data[start + c];
    }
  }
  return result;
}
