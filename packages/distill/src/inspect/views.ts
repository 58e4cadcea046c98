import type { Batch } from "@retort/ocr-models/data";
import { readsRegions } from "../config/checks/detection-data.js";
import type { LoadedConfig } from "../config/load.js";
import type { DataConfig } from "../config/schema/data.js";
import { makeLoader } from "../training/run.js";
import type { Section } from "./open.js";
import { type DetectionView, detectionView, keepingRegions } from "./region-views.js";
import { pixelsOf, type ToPixels } from "./shown-levels.js";

/** A sample as a network sees it. */
export interface SampleView {
  /** The text after the transforms, or how many regions there are. */
  readonly text: string;
  /** The image file. */
  readonly path: string;
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of each pixel, row by row. */
  readonly pixels: Uint8Array;
  /** Of samples of detection. */
  readonly detection?: DetectionView;
}

/** The first samples of the first epoch, after all transforms, as training or evaluation would see them. */
export async function viewSamples(loaded: LoadedConfig, section: Section, count: number): Promise<SampleView[]> {
  const data = section === "Train" ? loaded.config.train : loaded.config.evaluation;
  const toPixels = pixelsOf(data);
  const hasRegions = readsRegions(data);
  const loader = makeLoader(withoutWorkers(loaded), section === "Train" ? "train" : "eval");
  const views: SampleView[] = [];
  try {
    if (count === 0) return views;
    for await (const batch of loader.epoch()) {
      views.push(...viewsOf(batch, toPixels, hasRegions ? detectionView(batch) : undefined));
      if (views.length >= count) break;
    }
  } finally {
    await loader.close();
  }
  return views.slice(0, count);
}

/** In this thread, and with the last samples too where they make no batch. */
function withoutWorkers(loaded: LoadedConfig): LoadedConfig {
  const { train, evaluation } = loaded.config;
  const alone = (data: DataConfig): DataConfig => {
    const shown = readsRegions(data) ? keepingRegions(data) : data;
    return { ...shown, loader: { ...shown.loader, numWorkers: 0, dropLast: false } };
  };
  return { ...loaded, config: { ...loaded.config, train: alone(train), evaluation: alone(evaluation) } };
}

function viewsOf({ fields, texts, paths }: Batch, toPixels: ToPixels, detection?: DetectionView): SampleView[] {
  const { data, shape } = fields.image;
  const [, , height, width] = shape;
  const size = data.length / texts.length;
  return texts.map((text, i) => ({
    text: detection === undefined ? text : regionText(detection),
    path: paths[i],
    width,
    height,
    pixels: toPixels(data.subarray(i * size, (i + 1) * size), height * width),
    ...(detection === undefined ? {} : { detection }),
  }));
}

function regionText({ regions }: DetectionView): string {
  const ignored = regions.filter(({ ignore }) => ignore).length;
  return `${regions.length} regions${ignored === 0 ? "" : `, ${ignored} to ignore`}`;
}
