import { noGrad } from "@retort/autograd";
import { featureOf, type Metric } from "@retort/ocr-models";
import type { Batch, DataLoader } from "@retort/ocr-models/data";
import type { MetricConfig } from "../config/schema/metric.js";
import { onlyNetwork } from "../losses/from-config.js";
import { type Agreement, AgreementMetric } from "../metrics/agreement.js";
import { DistillationMetric } from "../metrics/distillation-metric.js";
import { onDeviceOf } from "../model/device-of.js";
import type { DistillationModel } from "../model/distillation-model.js";
import { alone, type Communicator } from "../parallel/communicator.js";
import { gatherUnusable } from "../parallel/gather-unusable.js";
import { type Reader, readable, valuesOf } from "./reader.js";
import { tensorsOf } from "./tensors.js";

/**
 * What networks say of a batch: those that the reader names, unless others are asked for. The model is in evaluation mode
 * afterwards.
 */
export async function readBatch<Found>(
  model: DistillationModel,
  reader: Pick<Reader<Found>, "models" | "feature" | "read">,
  batch: Batch,
  names: readonly string[] = reader.models,
): Promise<Record<string, Found[]>> {
  const features = onDeviceOf(model, () =>
    noGrad(() => {
      const { images, heads } = tensorsOf(batch);
      const outputs = model.eval().forward(images, heads);
      return names.map((name) => {
        const output = outputs.get(name);
        if (output === undefined) throw new Error(`PostProcess.model_name: there is no network "${name}"`);
        return featureOf(output, reader.feature).value;
      });
    }),
  );
  const found: Record<string, Found[]> = {};
  for (const [i, name] of names.entries()) {
    found[name] = reader.read(await valuesOf(features[i]), batch);
    features[i].release("it was read");
  }
  return found;
}

/** The network by whose metrics a model is judged. */
export function decidingNetwork({ key }: Pick<MetricConfig, "key">): string {
  return key ?? onlyNetwork;
}

/** What reading and measuring all of a data set gives. */
export interface Evaluation {
  /** Of the networks that PostProcess names, under the reference's names: `acc`, `hmean`, `Teacher_acc`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Of every network that can be read, by its name. */
  readonly networks: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Of every two of them. */
  readonly agreement: readonly Agreement[];
  readonly images: number;
}

/** Looks at what networks found in the samples of a batch, by network, and at what is there. */
export type Onlooker<Found, Wanted> = (
  batch: Batch,
  found: Readonly<Record<string, readonly Found[]>>,
  wanted: readonly Wanted[],
) => void;

/** What `evaluate` can do besides. */
export interface EvaluateOptions<Found, Wanted> {
  /** Sees every batch that this process reads. */
  readonly look?: Onlooker<Found, Wanted>;
  /** Processes among which the batches of `data` are dealt out; all get what all found together. */
  readonly ranks?: Communicator;
}

/**
 * Reads all of `data` and measures it. All networks run anyway, so those that PostProcess does not name cost their
 * decoding alone.
 */
export async function evaluate<Found, Wanted>(
  model: DistillationModel,
  reader: Reader<Found, Wanted>,
  config: Pick<MetricConfig, "key">,
  data: DataLoader,
  { look, ranks = alone }: EvaluateOptions<Found, Wanted> = {},
): Promise<Evaluation> {
  const names = readable(reader);
  const makeMetric = (): Metric<Found, Wanted> => reader.makeMetric();
  const metric = new DistillationMetric({ key: decidingNetwork(config), names, makeMetric });
  const agreement = new AgreementMetric({ names, makeMetric, asWanted: (found) => reader.asWanted(found) });
  let images = 0;
  data.position = { epoch: 0, batch: 0 };
  for await (const batch of data.epoch()) {
    const found = await readBatch(model, reader, batch, names);
    const wanted = reader.wanted(batch);
    metric.add(found, wanted);
    agreement.add(found);
    look?.(batch, found, wanted);
    images += batch.size;
  }
  images = sumCounts(ranks, [...metric.parts(), ...agreement.parts()], images);
  gatherUnusable(ranks, data.unusable);
  metric.addUnusable(data.unusable.count);
  return {
    metrics: metric.result(reader.models),
    networks: metric.byNetwork(),
    agreement: agreement.result(),
    images,
  };
}

/** Replaces what metrics have counted, and a number of images, by their sums over all ranks. */
function sumCounts(ranks: Communicator, metrics: readonly Metric<never, never>[], images: number): number {
  const counts = metrics.map((metric) => metric.counts());
  const sums = Float64Array.of(images, ...counts.flat());
  ranks.allReduce(sums);
  let at = 1;
  for (const [i, metric] of metrics.entries()) {
    metric.setCounts([...sums.subarray(at, at + counts[i].length)]);
    at += counts[i].length;
  }
  return sums[0];
}
