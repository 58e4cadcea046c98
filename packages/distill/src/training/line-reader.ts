import { type BytePicture, batchOf, type Sample } from "@retort/ocr-models/data";
import type { Inference } from "./inference.js";
import type { PlacedReading } from "./text-reader.js";

/** What every network read in one image, by its name. */
export type Readings = Readonly<Record<string, Readonly<PlacedReading>>>;

/** An image of one line of text; without `picture` it is read from its file. */
export interface LineImage {
  readonly path: string;
  readonly picture?: BytePicture;
}

/** How many images go through the networks together at most. */
const batchSize = 16;

/** Reads images of single lines of text. */
export type LineReader = (lines: readonly LineImage[]) => Promise<Readings[]>;

/**
 * Reads lines with trained networks. Images that come to equal sizes are read together, which changes no reading. The
 * reader throws an Error naming the image that cannot be read.
 */
export function lineReader({ prepare, read }: Inference<PlacedReading>): LineReader {
  return async (lines) => {
    const samples: Sample[] = [];
    for (const line of lines) samples.push(await prepare(line.path, line.picture));
    const found: Readings[] = [];
    for (const places of batches(samples)) {
      const readings = await read(batchOf(places.map((place) => samples[place])));
      places.forEach((place, i) => {
        found[place] = Object.fromEntries(Object.entries(readings).map(([name, all]) => [name, all[i]]));
      });
    }
    return found;
  };
}

/** The places of samples whose images have equal sizes, at most `batchSize` together. */
function batches(samples: readonly Sample[]): number[][] {
  const bySize = new Map<string, number[][]>();
  for (const [place, { fields }] of samples.entries()) {
    const size = fields.image.shape.join();
    const parts = bySize.get(size) ?? [];
    const last = parts.at(-1);
    if (last !== undefined && last.length < batchSize) last.push(place);
    else parts.push([place]);
    bySize.set(size, parts);
  }
  return [...bySize.values()].flat();
}
