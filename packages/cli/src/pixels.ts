import type { SKRSContext2D } from "@napi-rs/canvas";

/** Pixels of three channels, row by row. */
export interface ColourPixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Puts pixels on a canvas, with their upper left corner at x and y. `order` says how their channels lie. */
export function putPixels(
  context: SKRSContext2D,
  { data, width, height }: ColourPixels,
  [x, y]: readonly [x: number, y: number],
  order: "rgb" | "bgr" = "rgb",
): void {
  const image = context.createImageData(width, height);
  const [red, blue] = order === "rgb" ? [0, 2] : [2, 0];
  for (let i = 0; i < width * height; i++) {
    image.data[4 * i] = data[3 * i + red];
    image.data[4 * i + 1] = data[3 * i + 1];
    image.data[4 * i + 2] = data[3 * i + blue];
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, x, y);
}
