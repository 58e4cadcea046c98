import type { DetectedBox } from "@retort/ocr-models";
import type { Batch } from "@retort/ocr-models/data";
import { FormatError, scope, type Tensor } from "@retort/tensor";
import { type CheckedDescription, readMetadata } from "../export/metadata.js";
import { openSession } from "../export/runtime.js";
import { boxReader } from "./box-reader.js";
import { imagePipeline } from "./images.js";
import type { Inference } from "./inference.js";
import { tensorsOf } from "./tensors.js";
import { type PlacedReading, textDecoding } from "./text-reader.js";

/** An ONNX file that `exportNetworks` wrote. */
interface OnnxFile {
  readonly bytes: Uint8Array;
  readonly description: CheckedDescription;
}

/**
 * Reads an ONNX file and what it says of itself.
 * @throws Error naming the file that cannot be read, or that `exportNetworks` did not write
 */
export async function readOnnxFile(file: string): Promise<OnnxFile> {
  const { readFile } = await import("node:fs/promises");
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`the model ${file} cannot be read: ${error.code}`);
  });
  return { bytes, description: readMetadata(await metadataIn(bytes, file), file) };
}

async function metadataIn(bytes: Uint8Array, file: string): Promise<ReadonlyMap<string, string>> {
  const { readOnnx } = await import("@retort/ocr-models/onnx");
  try {
    return readOnnx(bytes).metadata;
  } catch (error) {
    throw new FormatError(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** Whether an ONNX file finds boxes; otherwise it reads text. @throws Error as `readOnnxFile` */
export async function onnxFindsBoxes(file: string): Promise<boolean> {
  return (await readOnnxFile(file)).description.network.modelType === "det";
}

/**
 * A network in an ONNX file that reads text.
 * @throws Error naming the file that finds boxes, or without onnxruntime-node
 */
export async function onnxTextInference(file: string): Promise<Inference<PlacedReading>> {
  const onnx = await readOnnxFile(file);
  const { postProcess, dictionary, lexicon } = onnx.description;
  if (postProcess.decoder === "db") throw new Error(`${file}: expected a network that reads text, but it finds boxes`);
  return inference(onnx, file, textDecoding(postProcess, dictionary, lexicon));
}

/**
 * A network in an ONNX file that finds boxes.
 * @throws Error naming the file that reads text, or without onnxruntime-node
 */
export async function onnxBoxInference(file: string): Promise<Inference<DetectedBox[]>> {
  const onnx = await readOnnxFile(file);
  const { postProcess } = onnx.description;
  if (postProcess.decoder !== "db") throw new Error(`${file}: expected a network that finds boxes, but it reads text`);
  const { read } = await boxReader(postProcess);
  return inference(onnx, file, read);
}

async function inference<Found>(
  { bytes, description: { model, transforms } }: OnnxFile,
  file: string,
  read: (output: Tensor, batch: Batch) => Found[],
): Promise<Inference<Found>> {
  const session = await openSession(bytes, file);
  return {
    prepare: imagePipeline(transforms),
    async read(batch) {
      const output = await session.run(tensorsOf(batch).images);
      return { [model]: scope(() => read(output, batch)) };
    },
  };
}
