import { type DetectedBox, inReadingOrder, miniBox } from "@retort/ocr-models";
import { type BytePicture, batchOf, cropRegion, loadOpenCv, type OpenCv } from "@retort/ocr-models/data";
import { loadConfig } from "../config/load.js";
import type { Overrides } from "../config/overrides.js";
import { readPicture } from "./images.js";
import { boxInference, type Inference, textInference } from "./inference.js";
import { type LineReader, lineReader, type Readings } from "./line-reader.js";
import { onnxBoxInference, onnxTextInference } from "./onnx-inference.js";
import type { PlacedReading } from "./text-reader.js";

/** A place where text was found, in pixels of the image, and perhaps what stands there. */
export interface FoundBox extends DetectedBox {
  /** By network of the recogniser; missing without one, empty for a box thinner than a pixel. */
  readonly readings?: Readings;
}

/** The boxes that every network found in one image. */
export interface ImageBoxes {
  readonly image: string;
  readonly boxes: Readonly<Record<string, readonly FoundBox[]>>;
}

/** What reads lines of text: a config with its overrides, or an ONNX file that `exportNetworks` wrote. */
export type Recogniser = { readonly config: string; readonly overrides?: Overrides } | { readonly onnx: string };

/** Whether a config finds boxes; otherwise it reads text. @throws ConfigError with all its problems */
export async function findsBoxes(path: string, overrides: Overrides = []): Promise<boolean> {
  const { config } = await loadConfig(path, overrides);
  return config.postProcess.decoder === "db";
}

/**
 * Finds text in image files one by one with a trained model: boxes come as its post-processing gives them. With a
 * recogniser they come in reading order, each cut out of the image, put upright and read. Runs in Node.
 * @throws Error naming the image that cannot be read, or the config or file that does the other's work
 */
export async function* detectFromConfig(
  path: string,
  overrides: Overrides,
  images: readonly string[],
  recogniser?: Recogniser,
): AsyncGenerator<ImageBoxes> {
  yield* detect(await boxInference(path, overrides), images, recogniser);
}

/** As `detectFromConfig`, with an ONNX file that `exportNetworks` wrote. @throws Error without onnxruntime-node */
export async function* detectFromOnnx(
  file: string,
  images: readonly string[],
  recogniser?: Recogniser,
): AsyncGenerator<ImageBoxes> {
  yield* detect(await onnxBoxInference(file), images, recogniser);
}

async function* detect(
  { prepare, read }: Inference<DetectedBox[]>,
  images: readonly string[],
  recogniser: Recogniser | undefined,
): AsyncGenerator<ImageBoxes> {
  const readLines = recogniser && lineReader(await recogniserInference(recogniser));
  for (const image of images) {
    const picture = await readPicture(image);
    const found = await read(batchOf([await prepare(image, picture)]));
    const boxes: Record<string, readonly FoundBox[]> = {};
    for (const [network, [all]] of Object.entries(found)) {
      boxes[network] = readLines === undefined ? all : await readBoxes(all, { path: image, picture }, readLines);
    }
    yield { image, boxes };
  }
}

function recogniserInference(recogniser: Recogniser): Promise<Inference<PlacedReading>> {
  if ("onnx" in recogniser) return onnxTextInference(recogniser.onnx);
  return textInference(recogniser.config, recogniser.overrides ?? []);
}

/** Boxes in reading order, with what stands in them. */
async function readBoxes(
  boxes: readonly DetectedBox[],
  { path, picture }: { path: string; picture: BytePicture },
  readLines: LineReader,
): Promise<FoundBox[]> {
  const { cv } = await loadOpenCv();
  const placed = inReadingOrder(boxes).map((box) => ({ box, crop: cropBox(cv, picture, box) }));
  const lines = placed.flatMap(({ crop }) => (crop === undefined ? [] : [{ path, picture: crop }]));
  const readings = (await readLines(lines)).values();
  return placed.map(({ box, crop }) => ({
    ...box,
    readings: crop === undefined ? {} : (readings.next().value as Readings),
  }));
}

/** What a box encloses, upright; of a polygon what its smallest rectangle does. */
function cropBox(cv: OpenCv, picture: BytePicture, { points }: DetectedBox): BytePicture | undefined {
  return cropRegion(cv, picture, points.length === 4 ? points : miniBox(cv, points).corners);
}
