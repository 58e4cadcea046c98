import type { Batch } from "@retort/ocr-models/data";
import type { LoadedConfig } from "../config/load.js";
import type { DataConfig } from "../config/schema/data.js";
import { makeLoader } from "../training/run.js";
import type { Section } from "./open.js";

/** A sample as a network sees it. */
export interface SampleView {
  /** The text after the transforms. */
  readonly text: string;
  /** The image file. */
  readonly path: string;
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of each pixel, row by row. */
  readonly pixels: Uint8Array;
}

/** The first samples of the first epoch, after all transforms, as training or evaluation would see them. */
export async function viewSamples(loaded: LoadedConfig, section: Section, count: number): Promise<SampleView[]> {
  const loader = makeLoader(withoutWorkers(loaded), section === "Train" ? "train" : "eval");
  const views: SampleView[] = [];
  try {
    if (count === 0) return views;
    for await (const batch of loader.epoch()) {
      views.push(...viewsOf(batch));
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
    return { ...data, loader: { ...data.loader, numWorkers: 0, dropLast: false } };
  };
  return { ...loaded, config: { ...loaded.config, train: alone(train), evaluation: alone(evaluation) } };
}

function viewsOf({ fields, texts, paths }: Batch): SampleView[] {
  const { data, shape } = fields.image;
  const [, , height, width] = shape;
  const size = data.length / texts.length;
  return texts.map((text, i) => ({
    text,
    path: paths[i],
    width,
    height,
    pixels: toPixels(data.subarray(i * size, (i + 1) * size), height * width),
  }));
}

/** [blue, green, red] planes from -1 to 1, as RecResizeImg makes them, as bytes of pixels. */
function toPixels(planes: ArrayLike<number>, area: number): Uint8Array {
  const pixels = new Uint8Array(3 * area);
  for (let i = 0; i < area; i++) {
    for (let channel = 0; channel < 3; channel++) {
      pixels[3 * i + 2 - channel] = Math.round((planes[channel * area + i] * 0.5 + 0.5) * 255);
    }
  }
  return pixels;
}
