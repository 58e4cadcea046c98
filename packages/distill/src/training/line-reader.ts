import { type BytePicture, batchOf, type Sample } from "@retort/ocr-models/data";
import { loadConfig } from "../config/load.js";
import type { Overrides } from "../config/overrides.js";
import { readBatch } from "./evaluate.js";
import { imagePipeline } from "./images.js";
import { type PlacedReading, textReader } from "./text-reader.js";
import { loadTrained } from "./trained.js";

/** What every network read in one image, by its name. */
export type Readings = Readonly<Record<string, Readonly<PlacedReading>>>;

/** An image of one line of text; without `picture` it is read from its file. */
export interface LineImage {
  readonly path: string;
  readonly picture?: BytePicture;
}

/** How many images go through the networks together at most. */
const batchSize = 16;

/** Reads images of single lines of text with a trained model. */
export type LineReader = (lines: readonly LineImage[]) => Promise<Readings[]>;

/**
 * Loads the trained model of a config that reads text. Images that come to equal sizes are read together, which changes
 * no reading.
 * @throws Error naming the config that finds boxes, or the checkpoint that is missing; the reader one naming the image
 * that cannot be read
 */
export async function lineReader(path: string, overrides: Overrides): Promise<LineReader> {
  const loaded = await loadConfig(path, overrides);
  const { postProcess, metric } = loaded.config;
  if (postProcess.decoder === "db") throw new Error(`${path}: expected a config that reads text, but it finds boxes`);
  const { model } = await loadTrained(loaded);
  const reader = textReader(postProcess, metric, loaded.dictionary, loaded.lexicon);
  const prepare = imagePipeline(loaded);
  return async (lines) => {
    const samples: Sample[] = [];
    for (const line of lines) samples.push(await prepare(line.path, line.picture));
    const found: Readings[] = [];
    for (const places of batches(samples)) {
      const readings = readBatch(model, reader, batchOf(places.map((place) => samples[place])));
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
