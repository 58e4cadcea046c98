import { noGrad } from "@retort/autograd";
import { DetectionNetwork, type FeatureName, featureOf, type Network } from "@retort/ocr-models";
import type { Batch, DataLoader } from "@retort/ocr-models/data";
import { concat, formatShape, sameShape, slice, type Tensor } from "@retort/tensor";
import { DistillationMetric } from "../metrics/distillation-metric.js";
import { called } from "../model/called.js";
import { type Reader, valuesOf } from "../training/reader.js";
import { tensorsOf } from "../training/tensors.js";
import type { OnnxSession } from "./runtime.js";

/** How far outputs of onnxruntime may be from the network's. */
const outputTolerance = 1e-4;

/** What a check found to be the same. */
export interface ExportCheck {
  /** Real images that both ran on. */
  readonly images: number;
  /** The largest difference of an output. */
  readonly difference: number;
  /** By the names of the reference: the same for both. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** What is compared: a network, and the same in onnxruntime. */
export interface Compared {
  /** The name of the network. */
  readonly name: string;
  readonly network: Network;
  readonly session: OnnxSession;
  readonly reader: Pick<Reader, "read" | "wanted" | "makeMetric">;
}

/**
 * Runs a network and an ONNX file of it on the images of `data`, all or the first of them, and compares outputs and
 * metrics; then outputs for a part of the last image, twice, which has lengths that the data may not have.
 * @throws Error naming the images whose outputs lie apart, or the metric that differs
 */
export async function checkExport(compared: Compared, data: DataLoader, limit?: number): Promise<ExportCheck> {
  const { name, reader } = compared;
  const [own, theirs] = [0, 1].map(
    () => new DistillationMetric({ key: name, names: [name], makeMetric: () => reader.makeMetric() }),
  );
  let [images, difference]: [number, number] = [0, 0];
  let last: Tensor | undefined;
  data.position = { epoch: 0, batch: 0 };
  for await (const batch of data.epoch()) {
    const what = `images ${images + 1} to ${images + batch.size}`;
    const { found, ...step } = await compareBatch(compared, batch, what);
    own.add({ [name]: found[0] }, reader.wanted(batch));
    theirs.add({ [name]: found[1] }, reader.wanted(batch));
    images += batch.size;
    difference = Math.max(difference, step.difference);
    last = step.images;
    if (limit !== undefined && images >= limit) break;
  }
  if (last === undefined) throw new Error("Eval: there is no image that the export could be checked on");
  difference = Math.max(
    difference,
    await compareOutputs(compared, smaller(last, compared.network instanceof DetectionNetwork)),
  );
  for (const metric of [own, theirs]) metric.addUnusable(data.unusable.count);
  const metrics = own.result();
  for (const [key, value] of Object.entries(theirs.result())) {
    if (Object.is(value, metrics[key])) continue;
    throw new Error(`${called(name)} has ${key} ${metrics[key]} on ${images} images, in onnxruntime ${value}`);
  }
  return { images, difference, metrics };
}

const featureFor = (network: Network): FeatureName => (network instanceof DetectionNetwork ? "maps" : "head_out");

/** What both say of a batch, and how far their outputs lie apart. */
async function compareBatch(
  { network, session, reader }: Compared,
  batch: Batch,
  what: string,
): Promise<{ images: Tensor; difference: number; found: [unknown[], unknown[]] }> {
  const { images } = tensorsOf(batch);
  const output = await session.run(images);
  const own = noGrad(() => featureOf(network.forward(images), featureFor(network)).value);
  const difference = differenceOf(own, output, what);
  const [ours, theirs] = [await valuesOf(own), await valuesOf(output)];
  for (const tensor of [own, output]) tensor.release("it was compared");
  return { images, difference, found: [reader.read(ours, batch), reader.read(theirs, batch)] };
}

/** How far outputs for images [B, 3, H, W] lie apart. @throws Error when it is too far */
export async function compareOutputs(
  { network, session }: Pick<Compared, "network" | "session">,
  images: Tensor,
): Promise<number> {
  const output = await session.run(images);
  return noGrad(() => {
    const own = featureOf(network.forward(images), featureFor(network)).value;
    return differenceOf(own, output, `images ${formatShape(images.shape)}`);
  });
}

/** The upper left part of the last image, twice: in detection half of each side, in recognition most of the width. */
function smaller(images: Tensor, detects: boolean): Tensor {
  const [count, , height, width] = images.shape;
  const [rows, columns] = detects ? [height, width].map(half) : [height, Math.max(8, 8 * Math.floor(width / 10))];
  const last = slice(images, 0, count - 1, count);
  const part = slice(slice(last, 2, 0, rows), 3, 0, columns);
  return concat([part, part], 0);
}

const half = (length: number): number => 32 * Math.max(1, Math.floor(length / 64));

function differenceOf(own: Tensor, output: Tensor, what: string): number {
  if (!sameShape(own.shape, output.shape)) {
    throw new Error(`${what}: the network gives ${formatShape(own.shape)}, onnxruntime ${formatShape(output.shape)}`);
  }
  const [left, right] = [own.dataSync(), output.dataSync()];
  let largest = 0;
  for (let i = 0; i < left.length; i++) {
    const difference = Math.abs(Number(left[i]) - Number(right[i]));
    if (!(difference <= largest)) largest = difference;
    if (!(difference <= outputTolerance)) {
      throw new Error(
        `${what}: the network gives ${left[i]}, onnxruntime ${right[i]}: ${difference.toExponential(1)} apart, ` +
          `more than ${outputTolerance}`,
      );
    }
  }
  return largest;
}
