import type { DetectedBox } from "@retort/ocr-models";
import type { Batch } from "@retort/ocr-models/data";
import type { OnnxContents } from "@retort/ocr-models/onnx";
import { FormatError } from "@retort/tensor";
import { type CheckedDescription, readMetadata } from "../export/metadata.js";
import { openSession } from "../export/runtime.js";
import { boxReader } from "./box-reader.js";
import { imagePipeline } from "./images.js";
import type { Inference } from "./inference.js";
import { type FeatureValues, valuesOf } from "./reader.js";
import { tensorsOf } from "./tensors.js";
import { type PlacedReading, textDecoding } from "./text-reader.js";

/** An ONNX file: its bytes, the texts and weights in it. */
export interface OnnxFile extends OnnxContents {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** Reads an ONNX file. @throws Error naming the file that cannot be read @throws FormatError naming that which is none */
export async function readOnnxFile(file: string): Promise<OnnxFile> {
  const { readFile } = await import("node:fs/promises");
  const { readOnnx } = await import("@retort/ocr-models/onnx");
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`the model ${file} cannot be read: ${error.code}`);
  });
  try {
    return { file, bytes, ...readOnnx(bytes) };
  } catch (error) {
    throw new FormatError(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** What an ONNX file says of its network. @throws Error naming the file that `exportNetworks` did not write */
export const descriptionIn = ({ file, metadata }: OnnxFile): CheckedDescription => readMetadata(metadata, file);

/** Whether an ONNX file finds boxes; otherwise it reads text. @throws Error as `readOnnxFile` */
export async function onnxFindsBoxes(file: string): Promise<boolean> {
  return descriptionIn(await readOnnxFile(file)).network.modelType === "det";
}

/**
 * A network in an ONNX file that reads text.
 * @throws Error naming the file that finds boxes, or without onnxruntime-node
 */
export async function onnxTextInference(file: string): Promise<Inference<PlacedReading>> {
  const onnx = await readOnnxFile(file);
  const description = descriptionIn(onnx);
  const { postProcess, dictionary, lexicon } = description;
  if (postProcess.decoder === "db") throw new Error(`${file}: expected a network that reads text, but it finds boxes`);
  return inference(onnx, description, textDecoding(postProcess, dictionary, lexicon));
}

/**
 * A network in an ONNX file that finds boxes.
 * @throws Error naming the file that reads text, or without onnxruntime-node
 */
export async function onnxBoxInference(file: string): Promise<Inference<DetectedBox[]>> {
  const onnx = await readOnnxFile(file);
  const description = descriptionIn(onnx);
  const { postProcess } = description;
  if (postProcess.decoder !== "db") throw new Error(`${file}: expected a network that finds boxes, but it reads text`);
  const { read } = await boxReader(postProcess);
  return inference(onnx, description, read);
}

async function inference<Found>(
  { bytes, file }: OnnxFile,
  { model, transforms }: CheckedDescription,
  read: (output: FeatureValues, batch: Batch) => Found[],
): Promise<Inference<Found>> {
  const session = await openSession(bytes, file);
  return {
    prepare: imagePipeline(transforms),
    async read(batch) {
      const { images } = tensorsOf(batch);
      const output = await session.run(images);
      const found = read(await valuesOf(output), batch);
      for (const tensor of [images, output]) tensor.release("it was read");
      return { [model]: found };
    },
  };
}
