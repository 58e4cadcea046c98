import { noGrad, withRandom } from "@retort/autograd";
import { StateDictError } from "@retort/autograd/nn";
import { type BytePicture, featureOf, type LineInput, lineInput, makeNetwork } from "@retort/ocr-models";
import type { TransformConfig } from "@retort/ocr-models/data";
import { FormatError, Random, scope, tensor } from "@retort/tensor";
import { type PlacedReading, textDecoding } from "../training/text-reader.js";
import { differencesOf } from "../weights/differences.js";
import { onnxWeights } from "../weights/onnx-weights.js";
import { imageShapeOf, readMetadata } from "./metadata.js";

/** A network that reads lines of text, as it was exported. */
export interface ExportedReader {
  /** Its name among those that learned together; empty for one alone. */
  readonly model: string;
  /** What stands in a picture of a line: 8-bit pixels, row by row, in the order blue, green, red. */
  read(picture: BytePicture): PlacedReading;
}

/**
 * Takes a reading network out of the bytes of an ONNX file that `exportNetworks` wrote and runs it with Retort itself:
 * neither onnxruntime nor Node is needed, so this works in a browser. `name` stands for the file in messages.
 * @throws FormatError for bytes that are no ONNX file @throws Error naming the file that finds boxes, was not written by
 *   `exportNetworks`, needs a transform that only Node has, or whose weights do not fit
 */
export async function readExported(bytes: Uint8Array, name: string): Promise<ExportedReader> {
  const { readOnnx } = await import("@retort/ocr-models/onnx");
  const { metadata, tensors } = contentsOf(() => readOnnx(bytes), name);
  const {
    model,
    network: options,
    classes,
    dictionary,
    lexicon,
    postProcess,
    transforms,
  } = readMetadata(metadata, name);
  if (postProcess.decoder === "db") throw new Error(`${name}: expected a network that reads text, but it finds boxes`);
  const input = inputBy(transforms, name);
  const network = withRandom(new Random(0), () => makeNetwork(options, classes)).eval();
  const [, height] = imageShapeOf(transforms);
  const { state, absent } = await onnxWeights(tensors, network, height);
  const wrong = differencesOf(network, state).filter(({ key }) => !absent.has(key));
  if (wrong.length > 0) throw new Error(`${name}: ${new StateDictError(wrong).message}`);
  network.loadStateDict(state, { strict: false });
  const decode = textDecoding(postProcess, dictionary, lexicon);
  return {
    model,
    read: (picture) =>
      scope(() => {
        const { image, validRatio } = input(picture);
        const output = noGrad(() => network.forward(tensor(image.data, [1, ...image.shape])));
        const fields = { valid_ratio: { data: Float32Array.of(validRatio), shape: [1] } };
        const { value } = featureOf(output, "head_out");
        return decode({ shape: value.shape, data: value.dataSync() as Float32Array }, { fields })[0];
      }),
  };
}

function contentsOf<T>(read: () => T, name: string): T {
  try {
    return read();
  } catch (error) {
    throw new FormatError(`${name}: ${(error as Error).message}`, { cause: error });
  }
}

/** Makes inputs of pictures as these transforms do, which resize lines and do nothing else. */
function inputBy(transforms: readonly TransformConfig[], name: string): (picture: BytePicture) => LineInput {
  const entries = transforms.map((entry) => Object.entries(entry)[0]);
  const resizing = entries.find(([kind]) => kind === "RecResizeImg" || kind === "SVTRRecResizeImg");
  const other = entries.find((entry) => entry !== resizing && entry[0] !== "DecodeImage" && entry[0] !== "KeepKeys");
  if (resizing === undefined || other !== undefined) {
    throw new Error(`${name}: its pictures go through ${other?.[0] ?? "no RecResizeImg"}, which is not possible here`);
  }
  const turned = entries.find(([kind]) => kind === "DecodeImage")?.[1]?.img_mode === "RGB";
  return (picture) => lineInput(turned ? redFirst(picture) : picture, resizing[1] ?? {}, resizing[0]);
}

function redFirst({ data, ...size }: BytePicture): BytePicture {
  return { ...size, data: data.map((_, i) => data[i - (i % 3) + 2 - (i % 3)]) };
}
