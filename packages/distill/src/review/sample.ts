import type { Reading } from "@retort/ocr-models";
import type { Batch } from "@retort/ocr-models/data";
import type { RegionView } from "../inspect/region-views.js";
import type { ToPixels } from "../inspect/shown-levels.js";

/** Red, green and blue of each pixel, row by row. */
export interface ShownPicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

interface AnySample {
  /** The image file. */
  readonly path: string;
  /** What the deciding network made of it: from 0, worst, to 1, best. */
  readonly score: number;
  /** As the network sees it, without padding. */
  readonly picture: ShownPicture;
}

/** A line of text that was read. */
export interface ReviewedLine extends AnySample {
  readonly kind: "line";
  readonly wanted: string;
  /** By network. */
  readonly readings: Readonly<Record<string, Reading>>;
}

/** A picture in which texts were looked for; points are in its pixels. */
export interface ReviewedPage extends AnySample {
  readonly kind: "page";
  readonly regions: readonly RegionView[];
  /** By network. */
  readonly boxes: Readonly<Record<string, readonly Pick<RegionView, "points">[]>>;
}

/** What networks made of one sample. */
export type ReviewedSample = ReviewedLine | ReviewedPage;

/** The first `share` of the columns of sample `i`, as pixels. */
export function pictureOf({ fields }: Batch, i: number, toPixels: ToPixels, share = 1): ShownPicture {
  const { data, shape } = fields.image;
  const [, channels, height, padded] = shape;
  const size = channels * height * padded;
  const all = toPixels(data.subarray(i * size, (i + 1) * size), height * padded);
  const width = Math.min(padded, Math.max(1, Math.ceil(padded * share)));
  if (width === padded) return { width, height, pixels: all };
  const pixels = new Uint8Array(3 * width * height);
  for (let row = 0; row < height; row++) {
    pixels.set(all.subarray(3 * row * padded, 3 * (row * padded + width)), 3 * row * width);
  }
  return { width, height, pixels };
}
